package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TestModels;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.output.ModelDestination;

class ModelsCommandTest extends SparkTest {
  private static final String ONE = "20261101T080000000Z-0a1b2c3d";
  private static final String TWO = "20261102T080000000Z-0a1b2c3d";
  private static final String THREE = "20261103T080000000Z-0a1b2c3d";
  private static final Map<String, String> INPUTS =
      Map.of("images", "images@3", "model_hash", "ab");

  @TempDir private Path folder;
  private Path w;

  @BeforeEach
  void publish() throws IOException {
    w = folder.resolve("w");
    Map<String, ?> epoch = Map.of("validation", Map.of("accuracy", 0.875, "f1_macro", 0.8));
    publish(
        ONE,
        Map.of(
            "model_hash", "1".repeat(64), "metric", "f1_macro", "best_value", 0.8, "best_epoch", 1),
        List.of(epoch));
    publish(
        TWO,
        Map.of(
            "model_hash", "2".repeat(64), "validation", Map.of("accuracy", 0.5, "f1_macro", 0.25)),
        List.of());
  }

  private void publish(String run, Map<String, ?> results, List<?> history) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(run));
    Files.writeString(directory.resolve("config.json"), "{}");
    Map<String, ?> record =
        Map.of(
            "finished",
            "2026-11-0" + run.charAt(7) + "T08:00:01Z",
            "inputs",
            INPUTS,
            "results",
            results,
            "history",
            history);
    Files.writeString(directory.resolve("training.json"), Json.write(record));
    ModelDestination.at(spark, w.resolve("models/vit").toString(), true).publish(directory, run);
  }

  private static List<String> output(String... arguments) {
    PrintStream standard = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Main.run(arguments);
    } finally {
      System.setOut(standard);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private List<String> models(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "models";
    arguments[1] = "-w";
    arguments[2] = w.toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return output(arguments);
  }

  private String current() throws IOException {
    return TestModels.current(w, "vit").getFileName().toString();
  }

  private void predict(String model) {
    Object[] cells = new Object[PredictionsTable.SPEC.schema().size()];
    cells[PredictionsTable.SPEC.schema().fieldIndex(PredictionsTable.ID)] = "i";
    cells[PredictionsTable.SPEC.schema().fieldIndex(PredictionsTable.PATH)] = "p";
    cells[PredictionsTable.SPEC.schema().fieldIndex(PredictionsTable.STATUS)] = "EMPTY";
    cells[PredictionsTable.SPEC.schema().fieldIndex(PredictionsTable.MODEL)] = model;
    cells[PredictionsTable.SPEC.schema().fieldIndex(PredictionsTable.SCORED_AT)] = new Timestamp(0);
    Row row = RowFactory.create(cells);
    Workspace.at(spark, w.toString())
        .append(
            PredictionsTable.SPEC,
            "part",
            spark.createDataFrame(List.of(row), PredictionsTable.SPEC.schema()).coalesce(1),
            RunRecord.start("score", Map.of()),
            written -> {});
  }

  @Test
  void versionsAreListedWithWhatTheyAreWorth() throws IOException {
    predict("1".repeat(64));
    Path plain = Files.createDirectories(w.resolve("models/brought"));
    Files.writeString(plain.resolve("config.json"), "{}");
    Path begun = Files.createDirectories(w.resolve("models/vit/versions").resolve(THREE));
    Files.writeString(begun.resolve("_begun.json"), "{}");
    Files.writeString(begun.resolve("config.json"), "{}");
    List<String> lines = models();
    String versions = "file:" + w.resolve("models/vit/versions") + "/";
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0))
        .matches("model +state +trained +hash +validation +data +predictions +folder");
    assertThat(lines.get(1)).matches("brought +no versions +none +file:" + plain);
    assertThat(lines.get(2))
        .matches(
            "vit@"
                + TWO
                + "  current +2026-11-02T08:00:01Z  222222222222  accuracy 0.5000 f1_macro 0.2500 "
                + " images@3  none +"
                + versions
                + TWO);
    assertThat(lines.get(3))
        .matches(
            "vit@"
                + ONE
                + "  former +2026-11-01T08:00:01Z  111111111111  f1_macro 0.8000 accuracy 0.8750 "
                + " images@3  1 +"
                + versions
                + ONE);
    Files.writeString(w.resolve("models/vit/versions/" + ONE + "/training.json"), "{");
    assertThat(models().get(3)).contains("training.json is damaged");
  }

  @Test
  void promoteAndRollBackAreOneStepEach() throws IOException {
    publish(THREE, Map.of(), List.of());
    assertThat(models("--promote", "vit@" + ONE))
        .containsExactly("models: vit@" + ONE + " is current now; before it was vit@" + THREE);
    assertThat(current()).isEqualTo(ONE);
    assertThat(models("--promote", "vit@" + ONE))
        .containsExactly("models: vit@" + ONE + " is current already; nothing has changed");
    assertThat(models("--roll-back", "vit"))
        .containsExactly(
            "models: vit@"
                + THREE
                + " is current again; before it was vit@"
                + ONE
                + ", which stays");
    models("--roll-back", "vit");
    assertThat(current()).isEqualTo(TWO);
    models("--roll-back", "vit");
    assertThat(current()).isEqualTo(ONE);
    assertThatThrownBy(() -> models("--roll-back", "vit"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model 'vit' has no version that was current before");
    assertThat(current()).isEqualTo(ONE);
    assertThat(TestModels.versions(w, "vit")).isEqualTo(3);
  }

  @Test
  void whatCannotBeDoneIsSaid() throws IOException {
    assertThatThrownBy(() -> models("--promote", "vit"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("--promote is 'vit'; use NAME@RUN");
    assertThatThrownBy(() -> models("--promote", "vit@" + THREE))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model 'vit' has no version '" + THREE + "'");
    assertThatThrownBy(() -> models("--promote", "resnet@" + ONE))
        .hasMessageStartingWith("model 'resnet' has no versions in ");
    assertThatThrownBy(() -> models("--roll-back", "resnet"))
        .hasMessageStartingWith("model 'resnet' has no versions in ");
    assertThatThrownBy(() -> models("--roll-back", "vit@" + ONE))
        .hasMessageStartingWith("--roll-back is 'vit@" + ONE + "'; use the name of a model");
    assertThatThrownBy(() -> models("--roll-back", "vit", "--promote", "vit@" + ONE))
        .hasMessage("--promote and --roll-back are both given; give one of them");
    Path gone = w.resolve("models/vit/versions/" + ONE + "/config.json");
    Files.delete(gone);
    assertThatThrownBy(() -> models("--roll-back", "vit"))
        .hasMessageStartingWith("model 'vit' has no version '" + ONE + "'");
    assertThat(current()).isEqualTo(TWO);
    assertThatThrownBy(() -> output("models", "-w", folder.resolve("none").toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has no models; run 'spark-vit train' or 'spark-vit probe' first");
  }
}
