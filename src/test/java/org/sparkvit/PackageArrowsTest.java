package org.sparkvit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Arrows between packages go down only; a new package has to be placed here first. */
class PackageArrowsTest {
  private static final String BASE = "org.sparkvit.";

  /** From the top down; a package may use those of the layers below its own. */
  private static final List<Set<String>> LAYERS =
      List.of(
          Set.of("cli"),
          Set.of("demo", "bench"),
          Set.of(
              "catalog",
              "pack",
              "audit",
              "labels",
              "repair",
              "gate",
              "split",
              "balance",
              "resample",
              "synthesize",
              "train",
              "probe",
              "tune",
              "score",
              "evaluate",
              "explain",
              "relabel",
              "report",
              "maintenance",
              "ml"),
          Set.of("training", "neighbors"),
          Set.of("inference", "metrics", "search"),
          Set.of("vit", "image"),
          Set.of("table"),
          Set.of("delta"),
          Set.of("core"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.sparkvit");

  @Test
  void everyPackageHasItsLayer() {
    List<String> known =
        LAYERS.stream().flatMap(Set::stream).map(name -> BASE + name).sorted().toList();
    List<String> found =
        CLASSES.stream()
            .map(type -> type.getPackageName().split("\\.", -1)[2])
            .map(name -> BASE + name)
            .distinct()
            .sorted()
            .toList();
    assertThat(known).containsAll(found);
  }

  @Test
  void arrowsGoDown() {
    for (int layer = 1; layer < LAYERS.size(); layer++) {
      String[] above =
          LAYERS.subList(0, layer).stream()
              .flatMap(Set::stream)
              .map(PackageArrowsTest::in)
              .toArray(String[]::new);
      String[] here = LAYERS.get(layer).stream().map(PackageArrowsTest::in).toArray(String[]::new);
      noClasses()
          .that()
          .resideInAnyPackage(here)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(above)
          .allowEmptyShould(true)
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
                .map(PackageArrowsTest::in)
                .toArray(String[]::new);
        noClasses()
            .that()
            .resideInAPackage(in(name))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others)
            .allowEmptyShould(true)
            .check(CLASSES);
      }
    }
    slices().matching("org.sparkvit.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void librariesStayWhereTheyBelong() {
    forbid(
        List.of("vit", "image", "metrics", "search", "core"),
        "org.apache.spark..",
        "org.apache.hadoop..");
    forbid(
        List.of(
            "image",
            "metrics",
            "core",
            "table",
            "audit",
            "labels",
            "neighbors",
            "evaluate",
            "relabel",
            "report",
            "ml"),
        "ai.djl..");
    forbid(List.of("vit", "image", "metrics"), in("table"));
    List<String> withoutMl = new ArrayList<>();
    LAYERS.forEach(withoutMl::addAll);
    withoutMl.removeAll(List.of("ml", "probe", "labels", "neighbors", "evaluate"));
    forbid(withoutMl, "org.apache.spark.ml..");
    List<String> withoutNative = new ArrayList<>();
    LAYERS.forEach(withoutNative::addAll);
    withoutNative.removeAll(List.of("image", "vit"));
    forbid(withoutNative, "com.sun.jna..");
    forbid(List.of("core"), "com.fasterxml..", "picocli..", "org.slf4j..");
    List<String> belowCli = new ArrayList<>();
    LAYERS.stream().skip(1).forEach(belowCli::addAll);
    forbid(belowCli, "picocli..");
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

  private static void forbid(List<String> packages, String... targets) {
    noClasses()
        .that()
        .resideInAnyPackage(packages.stream().map(PackageArrowsTest::in).toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(Stream.of(targets).toArray(String[]::new))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  private static String in(String name) {
    return BASE + name + "..";
  }
}
