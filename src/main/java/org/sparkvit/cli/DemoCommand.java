package org.sparkvit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.tools.demo.AuditFindings;
import org.sparkvit.tools.demo.LabelFindings;
import org.sparkvit.tools.demo.RelabelFindings;
import org.sparkvit.tools.demo.SampleDataset;
import org.sparkvit.tools.demo.SampleRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code spark-vit demo}: draws the sample data set and runs every stage on it, through the very
 * command lines that a person would type, which it shows.
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

  /** With what is the default for so few, the demo takes two minutes on two cores. */
  private static final int FEW_IMAGES = 2_000;

  /** A tenth of few images would be too few sensitive ones to learn from and to measure by. */
  private static final double SENSITIVE_OF_FEW = 0.25;

  /** Trains in minutes on two cores; large enough to tell a form from a menu. */
  private static final List<String> MODEL =
      List.of(
          "--hidden-size",
          "96",
          "--layers",
          "4",
          "--heads",
          "3",
          "--intermediate-size",
          "192",
          "--image-size",
          "64",
          "--patch-size",
          "8",
          "--initializer-range",
          "0.15");

  @Option(
      names = "--images",
      defaultValue = "" + FEW_IMAGES,
      description = "Images to draw. Default: ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--sensitive",
      paramLabel = "SHARE",
      description =
          "Share of the images that are sensitive, 0.1 to 0.5. Default: 0.25 of up to 2,000 images,"
              + " 0.1 of more.")
  private Double sensitive;

  @Option(
      names = "--epochs",
      description =
          "Times that training goes through the data. Default: 12 for up to 2,000 images, 10 for"
              + " more.")
  private Integer epochs;

  @Option(
      names = "--wrong-labels",
      paramLabel = "SHARE",
      description =
          "Give this share of each class the other class's label, 0 to 0.4, to see what relabel"
              + " finds of them; training then sees the classes as they are. Default: 0.02 of the"
              + " sensitive images, 0.001 of the others.")
  private Double wrongLabels;

  @Option(names = "--seed", defaultValue = "7", description = "Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace what an earlier demo left in the folder.")
  private boolean overwrite;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    if (workspace().matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
      throw new UserException(
          "--workspace is '" + workspace() + "', but the demo needs a folder on this machine");
    }
    SampleRecipe recipe = recipe();
    if (epochs() < 1) {
      throw new UserException("--epochs is " + epochs + "; use 1 or more");
    }
    Path folder = Path.of(workspace());
    requireOurs(folder.resolve("data"), SampleDataset.ABOUT);
    requireOurs(folder.resolve("workspace"), MARK);
    return spark -> run(spark, folder.toAbsolutePath(), recipe, progress);
  }

  /** What is to be replaced has to be an earlier demo's, not somebody's data. */
  private void requireOurs(Path folder, String mark) {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.exists(folder.resolve(mark))) {
      throw new UserException(
          "'" + folder + "' exists and is not of an earlier demo; use another --workspace");
    }
    if (!overwrite) {
      throw new UserException(
          "'" + folder + "' is of an earlier demo; pass --overwrite to replace it");
    }
  }

  @Override
  boolean showsSparkProgress() {
    return false;
  }

  private void run(SparkSession spark, Path folder, SampleRecipe recipe, Progress progress) {
    Instant started = Instant.now();
    Path data = folder.resolve("data");
    String workspace = folder.resolve("workspace").toString();
    delete(data);
    delete(Path.of(workspace));
    SampleDataset.draw(data, recipe, progress);
    mark(Path.of(workspace));
    String random = Long.toString(seed);
    for (List<String> command :
        List.of(
            List.of("catalog", "--input", data.resolve(SampleDataset.IMAGES).toString()),
            List.of("audit", "--crops"),
            List.of(
                "split",
                "--train",
                "0.7",
                "--validation",
                "0.1",
                "--test",
                "0.2",
                "--group-column",
                "group",
                "--seed",
                random),
            balance(random),
            train(random),
            List.of("score"),
            List.of("evaluate", "--slices", "source,region", "--positive", SampleDataset.SENSITIVE),
            List.of(
                "calibrate", "--positive", SampleDataset.SENSITIVE, "--images-per-day", "100000"),
            List.of("explain", "--slices", "source"),
            List.of("labels", "--from", "vit", "--filter-by", "predicted-neq-given"),
            relabel(),
            List.of("report"))) {
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(1, List.of("--workspace", workspace));
      progress.say("");
      progress.say("$ jobs/spark-vit " + String.join(" ", arguments));
      Main.run(arguments.toArray(new String[0]));
      if (command.get(0).equals("audit")) {
        AuditFindings.check(spark, workspace, data).lines().forEach(progress::say);
      }
      if (command.get(0).equals("labels")) {
        LabelFindings.check(spark, workspace, data).lines().forEach(progress::say);
      }
      if (command.get(0).equals("relabel")) {
        RelabelFindings.check(spark, workspace, data).lines().forEach(progress::say);
      }
    }
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

  SampleRecipe recipe() {
    double usual = few() ? SENSITIVE_OF_FEW : SampleRecipe.USUAL_SENSITIVE;
    return new SampleRecipe(
        images,
        sensitive == null ? usual : sensitive,
        seed,
        wrongLabels == null ? OptionalDouble.empty() : OptionalDouble.of(wrongLabels));
  }

  int epochs() {
    if (epochs != null) {
      return epochs;
    }
    return few() ? 12 : 10;
  }

  private boolean few() {
    return images <= FEW_IMAGES;
  }

  /**
   * With many wrong labels, a large part of the rare class is of the frequent one. Showing it more
   * often would teach that part with more weight than what contradicts it.
   */
  private List<String> balance(String random) {
    List<String> sampling =
        wrongLabels == null
            ? List.of("--sampling", "oversample", "--ratio", "1")
            : List.of("--sampling", "none");
    List<String> command = new ArrayList<>(List.of("balance"));
    command.addAll(sampling);
    command.addAll(List.of("--weights", "none", "--seed", random));
    return command;
  }

  /**
   * The rarer wrong labels are, the larger the part of contradictions that are the model's own
   * mistakes; and from oversampled classes it is more certain than it should be.
   */
  private List<String> relabel() {
    List<String> command = new ArrayList<>(List.of("relabel", "--slices", "source,region"));
    if (wrongLabels == null) {
      command.addAll(List.of("--min-confidence", "0.995"));
    }
    return command;
  }

  private List<String> train(String random) {
    List<String> command = new ArrayList<>(List.of("train"));
    command.addAll(MODEL);
    command.addAll(
        List.of(
            "--epochs",
            Integer.toString(epochs()),
            "--batch-size",
            "32",
            "--learning-rate",
            "1e-3",
            "--patience",
            "0",
            "--no-flip",
            "--crop-padding",
            "4",
            "--precision",
            "fp32",
            "--seed",
            random));
    return command;
  }

  /** Without it a workspace is taken for somebody's own, and never replaced. */
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
