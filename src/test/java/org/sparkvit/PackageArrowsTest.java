package org.sparkvit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Folders are layers, and arrows go down only; a new package has to be placed here first. */
class PackageArrowsTest {
  private static final String BASE = "org.sparkvit.";

  /** From the top down; a package may use those of the layers below its own. */
  private static final List<Set<String>> LAYERS =
      List.of(
          Set.of("cli"),
          Set.of("tools.demo", "tools.bench"),
          Set.of(
              "pipeline.catalog",
              "pipeline.pack",
              "pipeline.audit",
              "pipeline.labels",
              "pipeline.repair",
              "pipeline.gate",
              "pipeline.split",
              "pipeline.balance",
              "pipeline.resample",
              "pipeline.synthesize",
              "pipeline.train",
              "pipeline.probe",
              "pipeline.tune",
              "pipeline.score",
              "pipeline.evaluate",
              "pipeline.explain",
              "pipeline.relabel",
              "pipeline.decisions",
              "pipeline.run",
              "pipeline.doctor",
              "pipeline.report",
              "pipeline.maintenance",
              "ml"),
          Set.of("pipeline.stage"),
          Set.of("tracking"),
          Set.of("training.output"),
          Set.of("training.loop"),
          Set.of("training.data"),
          Set.of("training.recipe"),
          Set.of("inference"),
          Set.of("monitoring"),
          Set.of("loading"),
          Set.of("dataset.query", "dataset.neighbors"),
          Set.of("dataset.workspace"),
          Set.of("dataset.schema", "dataset.delta.spark"),
          Set.of("dataset.delta"),
          Set.of("dataset.delta.storage"),
          Set.of("model.runtime"),
          Set.of("model.torchscript"),
          Set.of("model.architecture"),
          Set.of("model.checkpoint"),
          Set.of("image.codec"),
          Set.of("image.augment", "image.hash"),
          Set.of("image.resample"),
          Set.of("image"),
          Set.of("stats.metrics", "stats.search"),
          Set.of("core.options", "core.http"),
          Set.of("core"));

  private static final Set<String> SPARK =
      Set.of(
          "org.apache.spark.sql.Dataset",
          "org.apache.spark.sql.DataFrameWriter",
          "org.apache.spark.api.java.JavaRDDLike",
          "org.apache.spark.rdd.RDD");

  /** What runs a job. */
  private static final Set<String> ACTIONS =
      Set.of(
          "aggregate",
          "collect",
          "collectAsList",
          "collectAsMap",
          "count",
          "countByKey",
          "countByValue",
          "first",
          "fold",
          "foreach",
          "foreachPartition",
          "head",
          "isEmpty",
          "localCheckpoint",
          "reduce",
          "save",
          "show",
          "tail",
          "take",
          "takeAsList",
          "takeOrdered",
          "toLocalIterator",
          "top",
          "treeAggregate",
          "treeReduce",
          "write");

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(new MainClasses()).importPackages("org.sparkvit");

  @Test
  void everyPackageHasItsLayer() {
    assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(all().map(name -> BASE + name).toList());
  }

  @Test
  void arrowsGoDown() {
    for (int layer = 1; layer < LAYERS.size(); layer++) {
      String[] above =
          LAYERS.subList(0, layer).stream()
              .flatMap(Set::stream)
              .map(name -> BASE + name)
              .toArray(String[]::new);
      String[] here = LAYERS.get(layer).stream().map(name -> BASE + name).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAnyPackage(here)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(above)
          .check(CLASSES);
    }
  }

  @Test
  void packagesOfOneLayerDoNotKnowOneAnother() {
    for (Set<String> layer : LAYERS) {
      for (String name : layer) {
        String[] others =
            layer.stream()
                .filter(other -> !other.equals(name))
                .map(other -> BASE + other)
                .toArray(String[]::new);
        noClasses()
            .that()
            .resideInAPackage(BASE + name)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others)
            .check(CLASSES);
      }
    }
    slices().matching("org.sparkvit.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void librariesStayWhereTheyBelong() {
    forbid(List.of("model", "image", "stats", "core"), "org.apache.spark..", "org.apache.hadoop..");
    forbid(
        List.of(
            "pipeline.audit",
            "pipeline.labels",
            "pipeline.evaluate",
            "pipeline.relabel",
            "pipeline.report",
            "ml",
            "loading",
            "dataset",
            "model.torchscript",
            "model.checkpoint",
            "image",
            "stats",
            "core"),
        "ai.djl..");
    forbid(List.of("model"), in("image"), in("stats"));
    forbid(List.of("image"), in("stats"));
    forbidElsewhere(
        Set.of("ml", "pipeline.probe", "pipeline.labels", "pipeline.evaluate", "dataset.neighbors"),
        "org.apache.spark.ml..");
    forbidElsewhere(Set.of("image.codec", "model.runtime"), "com.sun.jna..");
    forbidElsewhere(Set.of("cli"), "picocli..");
    forbid(List.of("core"), "com.fasterxml..", "org.slf4j..");
  }

  /** A comma for a point would break what programs read, on machines that stand elsewhere. */
  @Test
  void textIsFormattedWithALocale() {
    noClasses()
        .should()
        .callMethod(String.class, "formatted", Object[].class)
        .orShould()
        .callMethod(String.class, "format", String.class, Object[].class)
        .check(CLASSES);
  }

  @Test
  void noTwoClassesShareAName() {
    Map<String, List<String>> bySimpleName =
        CLASSES.stream()
            .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
            .collect(groupingBy(JavaClass::getSimpleName, mapping(JavaClass::getName, toList())));
    assertThat(bySimpleName.values().stream().filter(names -> names.size() > 1)).isEmpty();
  }

  /** {@code of} is a cheap factory to a reader; what starts a job says so with a verb. */
  @Test
  void noMethodNamedOfRunsAJob() {
    List<String> jobs = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      for (JavaMethod method : type.getMethods()) {
        if (method.getName().equals("of")) {
          findJob(method, new HashSet<>())
              .ifPresent(job -> jobs.add(method.getFullName() + " calls " + job));
        }
      }
    }
    assertThat(jobs).isEmpty();
  }

  /** Where code runs a job of Spark: by itself, or by whatever of this program it calls. */
  private static Optional<String> findJob(JavaCodeUnit code, Set<JavaCodeUnit> seen) {
    if (!seen.add(code)) {
      return Optional.empty();
    }
    List<JavaCodeUnitAccess<?>> accesses = new ArrayList<>(code.getCallsFromSelf());
    accesses.addAll(code.getCodeUnitReferencesFromSelf());
    for (JavaCodeUnitAccess<?> access : accesses) {
      AccessTarget.CodeUnitAccessTarget target = access.getTarget();
      if (ACTIONS.contains(target.getName())
          && SPARK.stream().anyMatch(spark -> target.getOwner().isAssignableTo(spark))) {
        return Optional.of(target.getFullName() + " at " + access.getSourceCodeLocation());
      }
      Optional<String> job =
          target.getOwner().getName().startsWith(BASE)
              ? target.resolveMember().flatMap(member -> findJob(member, seen))
              : Optional.empty();
      if (job.isPresent()) {
        return job;
      }
    }
    return Optional.empty();
  }

  private static Stream<String> all() {
    return LAYERS.stream().flatMap(Set::stream);
  }

  private static void forbidElsewhere(Set<String> allowed, String... targets) {
    noClasses()
        .that()
        .resideInAnyPackage(
            all()
                .filter(name -> !allowed.contains(name))
                .map(name -> BASE + name)
                .toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(targets)
        .check(CLASSES);
  }

  private static void forbid(List<String> folders, String... targets) {
    noClasses()
        .that()
        .resideInAnyPackage(folders.stream().map(PackageArrowsTest::in).toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(targets)
        .check(CLASSES);
  }

  private static String in(String folder) {
    return BASE + folder + "..";
  }
}
