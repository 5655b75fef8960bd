package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.cli.Main;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;

/** What the scenarios do to a workspace, all through the command line, and what they look at. */
final class Scoring {
  /** Several chunks, and several partitions in each, for a fault to come between two of them. */
  private static final List<String> OPTIONS =
      List.of(
          "--device", "cpu", "--precision", "fp32", "--chunk-images", "80", "--partitions", "4");

  private Scoring() {}

  /** A model that is over a batch in no time. */
  static Path smallModel(Path folder, long seed) {
    return model(folder, ViTConfig.of(32, 2, 2, 64, 32, 8, List.of("ordinary", "sensitive")), seed);
  }

  static Path model(Path folder, ViTConfig config, long seed) {
    PreprocessorConfig preprocessor = PreprocessorConfig.squash(config.imageSize());
    ModelDirectory.write(folder, Checkpoint.random(config, preprocessor, seed));
    return folder;
  }

  static void catalog(String workspace, Object images) {
    Main.main(new String[] {"catalog", "-w", workspace, "--input", images.toString()});
  }

  /** Another workspace on the same images. */
  static String copy(SparkSession spark, String catalog, String workspace) throws Exception {
    var hadoop = spark.sparkContext().hadoopConfiguration();
    var from = new org.apache.hadoop.fs.Path(catalog);
    var to = new org.apache.hadoop.fs.Path(workspace);
    FileSystem source = from.getFileSystem(hadoop);
    FileSystem target = to.getFileSystem(hadoop);
    for (String name : List.of("workspace.json", ImagesTable.SPEC.name())) {
      assertThat(
              FileUtil.copy(
                  source,
                  new org.apache.hadoop.fs.Path(from, name),
                  target,
                  new org.apache.hadoop.fs.Path(to, name),
                  false,
                  hadoop))
          .isTrue();
    }
    return workspace;
  }

  /** The command line of a run. */
  static List<String> command(String workspace, Path model) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("score", "-w", workspace, "--model", model.toUri().toString()));
    command.addAll(OPTIONS);
    return command;
  }

  /** A run in this process. */
  static void score(String workspace, Path model) {
    Main.main(command(workspace, model).toArray(new String[0]));
  }

  /** All that is to be the same, in order; empty where nothing has been published. */
  static List<String> rows(SparkSession spark, String workspace) {
    Workspace tables = Workspace.at(spark, workspace);
    if (!tables.has(PredictionsTable.SPEC)) {
      return List.of();
    }
    return tables
        .read(PredictionsTable.SPEC)
        .drop(PredictionsTable.SCORED_AT)
        .collectAsList()
        .stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }
}
