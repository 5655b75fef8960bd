package org.sparkvit.tools.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Images a second: of reading and decoding, of all of scoring but the model, of the model alone, of
 * scoring as a whole (listing to published table), and of what others have for the same on the same
 * files. What compares is taken in turn in one run, because machines are shared and drift. Weights
 * are random, which changes no timing.
 */
@StageDescription(
    name = "bench",
    group = Group.TRY_AND_MEASURE,
    help = {
      "Measures images/s of reading and decoding, of the model, of scoring as a whole, and of what"
          + " others have for the same, and prints the ratios.",
      "It does so on the images of a catalog or on made ones. Nothing in the workspace changes."
    })
public final class BenchStage extends Stage<BenchConfig> {
  /** Makes the stage. */
  public BenchStage() {
    super(BenchConfig.class);
  }

  @Override
  protected void check(BenchConfig config) {
    config.madeImages().forEach(MadeImages::parse);
    for (String model : config.trainFrom()) {
      if (!Files.isDirectory(Path.of(model))) {
        throw new UserException(
            "--train-from has '" + model + "', which is no folder on this machine");
      }
    }
  }

  @Override
  protected void run(StageContext context, BenchConfig config) {
    new Benchmarks(context.spark(), config, context.progress())
        .measure(
            context.workspace(),
            new org.apache.hadoop.fs.Path(
                context.workspace().uri(), "bench-" + context.record().runId()));
  }
}
