package org.sparkvit.training.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;

/**
 * The states of an unfinished training on any Hadoop file system. {@code last-STEP} has everything
 * that is needed to go on, {@code best-EPOCH} the best model until then. A state is complete or
 * does not exist. Older states are deleted once the next one is complete.
 */
public final class CheckpointFolder implements TrainingListener {
  private static final Pattern LAST = Pattern.compile("last-(\\d+)");
  private static final Pattern STATE = Pattern.compile("(last|best)-\\d+");
  private static final String CONFIG = "config.json";

  /**
   * Matches everything that a training writes to the folder: states, states that were being
   * written, workers' states and metrics.
   */
  private static final Pattern WRITTEN =
      Pattern.compile(
          "\\.?(last|best)-\\d+(\\.(new|old)\\.[0-9a-f-]{36})?|"
              + DistributedBackend.WORKERS
              + "|metrics\\.jsonl|contact-sheet\\.png");

  private final FileSystem fs;
  private final Path folder;
  private final int everySteps;
  private final Progress progress;
  private boolean saved;

  /**
   * Creates a folder of states.
   *
   * @param hadoop the settings of the file systems
   * @param uri the URI of the folder
   * @param everySteps the number of steps between states within an epoch; 0 for states after epochs
   *     only
   * @throws UserException when the folder cannot be reached
   */
  public CheckpointFolder(Configuration hadoop, String uri, int everySteps, Progress progress) {
    this.folder = new Path(uri);
    this.everySteps = everySteps;
    this.progress = progress;
    try {
      this.fs = folder.getFileSystem(hadoop);
    } catch (IOException e) {
      throw new UserException("'" + uri + "' cannot be reached: " + e.getMessage(), e);
    }
  }

  /** Returns the path of the folder. */
  public Path path() {
    return folder;
  }

  /** Returns the file system of the folder. */
  public FileSystem fileSystem() {
    return fs;
  }

  /** Returns whether the folder holds the state of an interrupted training. */
  public boolean hasState() {
    return newest(LAST).isPresent();
  }

  /**
   * Copies the latest state to a local directory.
   *
   * @param scratch a local directory that exists for as long as the state is used
   * @return the state, or empty where there is none
   */
  public Optional<Trainer.Resumption> latest(java.nio.file.Path scratch) {
    OptionalLong step = newest(LAST);
    if (step.isEmpty()) {
      return Optional.empty();
    }
    java.nio.file.Path last = fetch("last-" + step.getAsLong(), scratch);
    int epoch = TrainingState.bestEpoch(last);
    Checkpoint best = epoch == 0 ? null : ModelDirectory.read(fetch("best-" + epoch, scratch));
    return Optional.of(new Trainer.Resumption(last, best));
  }

  private java.nio.file.Path fetch(String name, java.nio.file.Path scratch) {
    java.nio.file.Path target = scratch.resolve(name);
    try {
      fs.copyToLocalFile(false, new Path(folder, name), new Path(target.toUri()), true);
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + new Path(folder, name), e);
    }
  }

  @Override
  public void trainingBegins(TrainingRun trainingRun) {
    saved = true;
  }

  @Override
  public void stepEnds(TrainingRun trainingRun, Step step) {
    saved = false;
    if (everySteps > 0 && step.number() % everySteps == 0) {
      save(trainingRun);
    }
  }

  @Override
  public void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {
    save(trainingRun);
  }

  @Override
  public void trainingEnds(TrainingRun trainingRun, boolean finished) {
    if (!finished && !saved) {
      save(trainingRun);
    }
    if (!finished) {
      progress.say(
          "train: interrupted after step "
              + trainingRun.steps()
              + "; the state is in "
              + folder
              + "; give the same command with --resume to go on");
    }
  }

  private void save(TrainingRun trainingRun) {
    try {
      java.nio.file.Path local = Files.createTempDirectory("spark-vit-state-");
      try {
        String best = "best-" + trainingRun.bestEpoch();
        if (trainingRun.bestEpoch() > 0
            && !Presence.exists(fs, new Path(new Path(folder, best), CONFIG))) {
          ModelDirectory.write(local.resolve(best), trainingRun.best());
          publish(local.resolve(best));
        }
        String last = "last-" + trainingRun.steps();
        trainingRun.save(local.resolve(last));
        publish(local.resolve(last));
        for (FileStatus old : fs.listStatus(folder)) {
          String name = old.getPath().getName();
          if (STATE.matcher(name).matches() && !name.equals(best) && !name.equals(last)) {
            fs.delete(old.getPath(), true);
          }
        }
      } finally {
        FileUtil.fullyDelete(local.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing the state of the training to " + folder, e);
    }
    saved = true;
  }

  private void publish(java.nio.file.Path state) throws IOException {
    new StateFolder(fs, new Path(folder, state.getFileName().toString())).publish(state);
  }

  /**
   * Returns the highest number of the complete states whose names match, or empty where there is
   * none.
   */
  private OptionalLong newest(Pattern pattern) {
    try {
      StateFolder.restore(fs, folder);
      List<Long> numbers = new ArrayList<>();
      for (FileStatus status : Presence.list(fs, folder)) {
        Matcher name = pattern.matcher(status.getPath().getName());
        if (name.matches() && Presence.exists(fs, new Path(status.getPath(), CONFIG))) {
          numbers.add(Long.parseLong(name.group(1)));
        }
      }
      return numbers.stream().mapToLong(Long::longValue).max();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder, e);
    }
  }

  /**
   * Deletes everything that a training writes to the folder, when it is finished or begins anew.
   * All other files stay.
   */
  public void delete() {
    try {
      boolean all = true;
      for (FileStatus file : Presence.list(fs, folder)) {
        boolean ours = WRITTEN.matcher(file.getPath().getName()).matches();
        all &= ours;
        if (ours) {
          fs.delete(file.getPath(), true);
        }
      }
      if (all) {
        fs.delete(folder, false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + folder, e);
    }
  }
}
