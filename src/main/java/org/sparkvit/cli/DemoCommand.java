package org.sparkvit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.pipeline.run.Pipeline;
import org.sparkvit.pipeline.run.RunOptions;
import org.sparkvit.tools.demo.AuditFindings;
import org.sparkvit.tools.demo.DemoConfig;
import org.sparkvit.tools.demo.LabelFindings;
import org.sparkvit.tools.demo.RelabelFindings;
import org.sparkvit.tools.demo.SampleDataset;
import org.sparkvit.tools.demo.SampleRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The command {@code spark-vit demo}. It draws the sample data set and runs the demo's pipeline on
 * it, whose steps are the command lines that a person would type. It compares what the stages find
 * with what was drawn.
 */
@Command(
    name = "demo",
    description = {
      "Draws a sample data set and runs every stage on it, from catalog to report.",
      "--workspace is a folder on this machine; the images go to its data/, the tables to its"
          + " workspace/."
    })
final class DemoCommand extends SparkCommand {
  private static final String MARK = "demo.json";

  private static final String FILE = "demo.yaml";

  private final CommandSpec spec;
  private DemoConfig config;

  private DemoCommand() {
    this.spec = CommandSpec.forAnnotatedObject(this);
  }

  /**
   * Creates the command.
   *
   * @param showAll whether the help shows the advanced options as well
   */
  static CommandSpec of(boolean showAll) {
    DemoCommand command = new DemoCommand();
    RecordOptions.add(command.spec, DemoConfig.class, showAll);
    return command.spec;
  }

  @Override
  String workspace() {
    return config.workspace();
  }

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    config = Options.read(DemoConfig.class, RecordOptions.given(spec, DemoConfig.class));
    SampleRecipe recipe = config.recipe();
    Path folder = Path.of(config.workspace()).toAbsolutePath();
    requireOurs(folder.resolve("data"), SampleDataset.ABOUT);
    requireOurs(folder.resolve("workspace"), MARK);
    Pipeline pipeline = pipeline(folder);
    return spark -> run(spark, folder, recipe, pipeline, progress);
  }

  private Pipeline pipeline(Path folder) {
    Map<String, String> variables =
        Map.of(
            "images",
            folder.resolve("data").resolve(SampleDataset.IMAGES).toString(),
            "seed",
            Long.toString(config.seed()),
            "epochs",
            Integer.toString(config.rounds()),
            "positive",
            SampleDataset.SENSITIVE,
            "sampling",
            config.sampling(),
            "floor",
            config.floor());
    return Pipeline.check(
        RunOptions.of(FILE, folder.resolve("workspace").toString(), variables), text(), Stages.ALL);
  }

  private static String text() {
    try (InputStream file = DemoConfig.class.getResourceAsStream(FILE)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + FILE, e);
    }
  }

  /**
   * Checks that a folder which will be replaced was written by an earlier demo, as it may be
   * somebody's data.
   */
  private void requireOurs(Path folder, String mark) {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.exists(folder.resolve(mark))) {
      throw new UserException(
          "'" + folder + "' exists and is not of an earlier demo; use another --workspace");
    }
    if (!config.overwrite()) {
      throw new UserException(
          "'" + folder + "' is of an earlier demo; pass --overwrite to replace it");
    }
  }

  @Override
  boolean showsSparkProgress() {
    return false;
  }

  private static void run(
      SparkSession spark, Path folder, SampleRecipe recipe, Pipeline pipeline, Progress progress) {
    Instant started = Instant.now();
    Path data = folder.resolve("data");
    String workspace = folder.resolve("workspace").toString();
    delete(data);
    delete(Path.of(workspace));
    SampleDataset.draw(data, recipe, progress);
    mark(Path.of(workspace));
    pipeline.run(
        spark,
        line -> {
          if (!line.startsWith("{")) { // the summary is for programs
            progress.say(line);
          }
        },
        step -> compare(spark, step, workspace, data, progress));
    Duration time = Duration.between(started, Instant.now());
    progress.say("");
    progress.say(
        String.format(
            Locale.ROOT,
            "The demo took %d min %d s. The report: %s",
            time.toMinutes(),
            time.toSecondsPart(),
            Path.of(workspace, "reports", "latest", "index.html").toUri()));
  }

  /** Compares what a step found with what was drawn, and prints the comparison. */
  private static void compare(
      SparkSession spark, String step, String workspace, Path data, Progress progress) {
    switch (step) {
      case "audit" -> AuditFindings.check(spark, workspace, data).lines().forEach(progress::say);
      case "labels" -> LabelFindings.check(spark, workspace, data).lines().forEach(progress::say);
      case "relabel" ->
          RelabelFindings.check(spark, workspace, data).lines().forEach(progress::say);
      default -> {}
    }
  }

  /**
   * Writes the mark of the demo. A workspace without it is taken for somebody's own and never
   * replaced.
   */
  private static void mark(Path workspace) {
    try {
      Files.createDirectories(workspace);
      Files.writeString(workspace.resolve(MARK), "{\"owner\": \"demo\"}\n");
    } catch (IOException e) {
      throw new UserException("'" + workspace + "' cannot be written: " + e.getMessage(), e);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UserException("'" + folder + "' cannot be deleted: " + e.getMessage(), e);
    }
  }
}
