package org.sparkvit.pipeline.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.training.loop.TrainingListener;

/**
 * Options of a run of {@code train} that do not change its result: preview, resumption, saved
 * states, the log, and listeners.
 *
 * @param preview whether only the contact sheet is drawn
 * @param resume whether an interrupted training is taken up
 * @param checkpointSteps steps between saved states within an epoch; 0 for after epochs only
 * @param logSteps steps between those that are noted
 * @param listeners names of classes of the user's own
 */
public record TrainRunOptions(
    boolean preview, boolean resume, int checkpointSteps, int logSteps, List<String> listeners) {
  /** After each epoch, every tenth step, nobody. */
  public static final TrainRunOptions DEFAULT = new TrainRunOptions(false, false, 0, 10, List.of());

  public TrainRunOptions {
    listeners = List.copyOf(listeners);
    if (checkpointSteps < 0) {
      throw new UserException(
          "--checkpoint-steps is " + checkpointSteps + "; use 0 (after epochs only) or more");
    }
    if (logSteps < 1) {
      throw new UserException("--log-steps is " + logSteps + "; use 1 or more");
    }
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("preview", preview);
    map.put("resume", resume);
    map.put("checkpoint-steps", checkpointSteps);
    map.put("log-steps", logSteps);
    map.put("listeners", listeners);
    return map;
  }

  /** New objects of the user's classes. */
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
