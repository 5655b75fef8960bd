package org.sparkvit.pipeline.train;

import java.util.ArrayList;
import java.util.List;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.tracking.MlflowOptions;
import org.sparkvit.training.loop.TrainingListener;

/**
 * Options of a run of {@code train} that do not change its result: preview, resumption, saved
 * states, the log, listeners, and MLflow.
 *
 * @param preview whether only the contact sheet is drawn
 * @param resume whether an interrupted training is resumed
 * @param checkpointSteps the number of steps between saved states within an epoch; 0 saves after
 *     epochs only
 * @param logSteps the number of steps between those that are logged
 * @param listeners the names of the user's own listener classes
 * @param mlflow the tracking server that the training is logged to
 */
public record TrainRunOptions(
    @Option(
            help =
                "Only draw training/NAME/contact-sheet.png: what the model will see of some"
                    + " images.")
        boolean preview,
    @Option(
            help =
                "Go on with an interrupted training of this name; without one, begin at the"
                    + " beginning.")
        boolean resume,
    @Option(
            standard = "0",
            least = 0,
            advanced = true,
            help = "Save the state every N steps, and not after each epoch only.")
        int checkpointSteps,
    @Option(
            standard = "10",
            least = 1,
            advanced = true,
            help = "Note loss, learning rate and gradient norm of every Nth step in metrics.jsonl.")
        int logSteps,
    @Option(
            label = "CLASS",
            advanced = true,
            help =
                "Classes of your own that follow the training:"
                    + " org.sparkvit.training.loop.TrainingListener, on the class path.")
        List<String> listeners,
    MlflowOptions mlflow) {
  /** Saves states after each epoch, logs every tenth step, and has no listeners. */
  public static final TrainRunOptions DEFAULT =
      new TrainRunOptions(false, false, 0, 10, List.of(), MlflowOptions.DEFAULT);

  /** Copies the list. */
  public TrainRunOptions {
    listeners = List.copyOf(listeners);
  }

  /** Returns new objects of the user's listener classes. */
  List<TrainingListener> newListeners() {
    List<TrainingListener> made = new ArrayList<>();
    for (String name : listeners) {
      try {
        made.add(
            Class.forName(name, true, Thread.currentThread().getContextClassLoader())
                .asSubclass(TrainingListener.class)
                .getConstructor()
                .newInstance());
      } catch (ReflectiveOperationException | ClassCastException e) {
        throw new UserException(
            "--listeners names '"
                + name
                + "', of which no TrainingListener can be made ("
                + e
                + "); is it on the class path, with a public constructor without parameters?",
            e);
      }
    }
    return made;
  }
}
