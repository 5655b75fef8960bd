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
 * A training that can be resumed from a saved state. When the process is asked to end, the training
 * ends after its current step.
 *
 * @param recipe the recipe of the training
 * @param labels the classes in the order of the examples' indices
 * @param rarest the index of the class with the fewest images to train on
 * @param listeners the listeners in the order in which they are called
 */
record ResumableTraining(
    Recipe recipe, Labels labels, int rarest, List<TrainingListener> listeners) {

  /**
   * Trains.
   *
   * @param open opens the backend, with the local directory of the state to resume from or empty
   * @param fingerprint the settings that identify the training, which must be those of the state
   * @param states the folder of the state to resume from, or empty to start from the beginning
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
