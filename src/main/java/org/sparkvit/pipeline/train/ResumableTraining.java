package org.sparkvit.pipeline.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.fs.FileUtil;
import org.sparkvit.core.Labels;
import org.sparkvit.training.loop.CheckpointFolder;
import org.sparkvit.training.loop.InterruptionHook;
import org.sparkvit.training.loop.Trainer;
import org.sparkvit.training.loop.TrainingBackend;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingResult;
import org.sparkvit.training.recipe.Recipe;

/**
 * A training that can go on from a saved state, and that ends with its step where the process is
 * asked to end.
 *
 * @param recipe how the model is trained
 * @param labels classes in the order of the examples' indices
 * @param rarest index of the class with the fewest images to train on
 * @param listeners called in this order
 */
record ResumableTraining(
    Recipe recipe, Labels labels, int rarest, List<TrainingListener> listeners) {

  /**
   * Trains.
   *
   * @param open opens what takes the steps, with the local directory of a state to go on from
   * @param fingerprint what makes the training what it is; it has to be that of the state
   * @param states where there may be a state to go on from; empty to begin at the beginning
   */
  TrainingResult train(
      Function<Optional<Path>, TrainingBackend> open,
      Map<String, Object> fingerprint,
      Optional<CheckpointFolder> states) {
    InterruptionHook hook = new InterruptionHook();
    List<TrainingListener> all = new ArrayList<>(listeners);
    all.add(hook);
    try {
      Path scratch = Files.createTempDirectory("spark-vit-resume-");
      try {
        Optional<Trainer.Resumption> resumption = states.flatMap(folder -> folder.latest(scratch));
        try (TrainingBackend backend = open.apply(resumption.map(Trainer.Resumption::last))) {
          return new Trainer(recipe, labels, rarest, all).train(backend, fingerprint, resumption);
        }
      } finally {
        hook.close();
        FileUtil.fullyDelete(scratch.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("using this machine's temporary folder", e);
    }
  }
}
