package org.sparkvit.faults;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TestModels;
import org.sparkvit.cli.Main;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.output.ModelDestination;

/**
 * A month of the nightly commands on one workspace, with new images, changed labels, a retrained
 * model, runs that were killed and nights without news. Every file becomes a day older after each
 * night.
 */
@Tag("slow")
class ThirtyNightsTest extends SparkTest {
  private static final int NIGHTS = 30;
  private static final int FIRST = 24;

  /** Tables that get files every night, which are rewritten when they are many. */
  private static final List<String> GROWING = List.of("predictions", "scored_models", "costs");

  private static final int MANY_FILES = 24;

  /** Every so many nights there is nothing new. */
  private static final int QUIET = 8;

  @TempDir private Path folder;
  private String workspace;
  private List<Path> drawn;
  private final List<Path> cataloged = new ArrayList<>();

  private void run(String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command, "-w", workspace));
    arguments.addAll(List.of(options));
    Main.main(arguments.toArray(new String[0]));
  }

  /** Images by path, labelled by their folder but for those whose label was corrected. */
  private Path manifest(int corrected) throws IOException {
    StringBuilder lines = new StringBuilder("path,label\n");
    for (int i = 0; i < cataloged.size(); i++) {
      String given = cataloged.get(i).getParent().getFileName().toString();
      String other = given.equals("ordinary") ? "sensitive" : "ordinary";
      lines.append(cataloged.get(i)).append(',').append(i < corrected ? other : given).append('\n');
    }
    return Files.writeString(folder.resolve("images.csv"), lines);
  }

  private void publish(long seed, boolean overwrite) throws IOException {
    Path model = Scoring.smallModel(folder.resolve("trained-" + seed), seed);
    ModelDestination.at(spark, Path.of(workspace, "models", "vit").toString(), overwrite)
        .publish(model, RunRecord.start("train", Map.of()).runId());
  }

  private void ageByADay() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(workspace))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        FileTime time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.from(time.toInstant().minus(Duration.ofDays(1))));
      }
    }
  }

  /** What a run that was killed while it wrote a part leaves. */
  private Path killed(String table) throws IOException {
    Path part = Path.of(workspace, table, "20200101T000000000Z-dead0000-00001");
    Files.createDirectories(part.resolve("_temporary/0"));
    Files.writeString(
        part.resolve("_begun.json"), "{\"owner\": \"table " + table + "\", \"run\": \"dead\"}");
    Files.writeString(part.resolve("_temporary/0/part.parquet"), "half");
    return part;
  }

  /** Every file with the time of its last change. */
  private Map<String, FileTime> state() throws IOException {
    Map<String, FileTime> state = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of(workspace))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        state.put(file.toString(), Files.getLastModifiedTime(file));
      }
    }
    return state;
  }

  @Test
  void tablesAreRightModelsAreThereAndFilesAreBounded() throws IOException {
    workspace = folder.resolve("workspace").toString();
    drawn =
        new ArrayList<>(
            DrawnImages.files(DrawnImages.sound(folder.resolve("drawn"), 100).folder()));
    Collections.shuffle(drawn, new Random(7));
    cataloged.addAll(drawn.subList(0, FIRST));
    publish(1, false);
    List<Path> dead = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    List<Double> seconds = new ArrayList<>();
    for (int night = 1; night <= NIGHTS; night++) {
      long began = System.nanoTime();
      int corrected = night < 10 ? 0 : 2;
      if (night % QUIET != 0) {
        cataloged.add(drawn.get(FIRST + night - 1));
      }
      if (night == 5) {
        dead.add(killed("predictions"));
        dead.add(killed("images"));
      }
      if (night == 15) {
        publish(2, true);
      }
      run("catalog", "--input", manifest(corrected).toString(), "--overwrite");
      Map<String, FileTime> before = state();
      run("score", "--model", "vit", "--device", "cpu", "--precision", "fp32");
      if (night % QUIET == 0) {
        assertThat(state()).as("a score that has nothing to do").isEqualTo(before);
      }
      if (night == 1) {
        run("audit");
      }
      if (night % 20 == 1) {
        run("split", night == 1 ? "--overwrite" : "--extend");
        run("evaluate", "--model", "vit", "--resamples", "0", "--overwrite");
        run("relabel", "--model", hash(), "--max-change-rate", "1", "--overwrite");
      }
      run("vacuum", "--keep", "2d");
      Map<String, FileTime> after = state();
      // One entry of the log and one record a run, which are what tells of the past.
      after.keySet().removeIf(file -> file.contains("/_delta_log/") || file.contains("/_runs/"));
      counts.add(after.size());
      after
          .keySet()
          .removeIf(
              file ->
                  GROWING.contains(Path.of(workspace).relativize(Path.of(file)).getName(0) + ""));
      others.add(after.size());
      seconds.add((System.nanoTime() - began) / 1e9);
      ageByADay();
    }
    System.out.printf(
        Locale.ROOT,
        "nights: %d; files by night %s, without growing tables %s; seconds of the first %.1f, of"
            + " the second %.1f, of the last %.1f%n",
        NIGHTS,
        counts,
        others,
        seconds.get(0),
        seconds.get(1),
        seconds.get(NIGHTS - 1));

    Workspace tables = Workspace.at(spark, workspace);
    assertThat(tables.read(ImagesTable.SPEC).count()).isEqualTo(cataloged.size());
    assertThat(tables.read(ModelsTable.SPEC).count()).isEqualTo(2);
    assertThat(predictions(workspace)).isEqualTo(predictions(afresh()));
    assertThat(tables.read(PredictionsTable.SPEC).groupBy("id", "model").count().where("count > 1"))
        .satisfies(rows -> assertThat(rows.count()).isZero());
    for (Path model : DrawnImages.files(folder.resolve("trained-2"))) {
      Path kept = TestModels.current(Path.of(workspace), "vit").resolve(model.getFileName());
      if (!model.toString().endsWith(".crc")) {
        assertThat(kept).hasSameBinaryContentAs(model);
      }
    }
    assertThat(TestModels.versions(Path.of(workspace), "vit")).isEqualTo(2);
    assertThat(dead.get(1)).doesNotExist();
    assertThat(others.get(NIGHTS - 1)).isEqualTo(others.get(NIGHTS - 8));
    for (String table : GROWING) {
      assertThat(tables.read(specOf(table)).inputFiles().length).isLessThan(MANY_FILES + 4);
      try (Stream<Path> parts = Files.list(Path.of(workspace, table))) {
        assertThat(parts.count()).isLessThan(2 * MANY_FILES);
      }
    }
  }

  private static TableSpec specOf(String table) {
    return switch (table) {
      case "predictions" -> PredictionsTable.SPEC;
      case "scored_models" -> ModelsTable.SPEC;
      default -> CostsTable.SPEC;
    };
  }

  private String hash() {
    return Workspace.at(spark, workspace)
        .read(ModelsTable.SPEC)
        .orderBy(col(ModelsTable.USED_AT).desc())
        .head()
        .getString(0);
  }

  /** The last state of the images in a new workspace, scored once by each model. */
  private String afresh() throws IOException {
    String other = folder.resolve("afresh").toString();
    String before = workspace;
    workspace = other;
    run("catalog", "--input", manifest(2).toString());
    run(
        "score",
        "--model",
        Path.of(before, "models", "vit").toString(),
        "--device",
        "cpu",
        "--precision",
        "fp32");
    workspace = before;
    return other;
  }

  /** Of the last model, what there is to compare, in order. */
  private List<String> predictions(String uri) {
    Workspace tables = Workspace.at(spark, uri);
    String last =
        tables.read(ModelsTable.SPEC).orderBy(col(ModelsTable.USED_AT).desc()).head().getString(0);
    return tables
        .read(PredictionsTable.SPEC)
        .where(col(PredictionsTable.MODEL).equalTo(last))
        .drop(PredictionsTable.SCORED_AT)
        .collectAsList()
        .stream()
        .map(Object::toString)
        .sorted()
        .toList();
  }
}
