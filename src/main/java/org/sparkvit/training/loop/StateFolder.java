package org.sparkvit.training.loop;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.DiskWrite;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.OrphanParts;
import org.sparkvit.dataset.workspace.Presence;

/**
 * A folder of files that form one state of a training, which is replaced as a whole. On file
 * systems that rename folders in one step, the former folder is moved aside, the new one takes its
 * place and the former one is deleted. On an object store the files are copied one by one, and
 * {@code config.json}, without which there is no state, comes last. A run that is killed in between
 * leaves a place without a state, and beside it everything that {@link #restore} needs to restore
 * one.
 */
final class StateFolder {
  private static final String CONFIG = "config.json";

  /**
   * The file that lists the files of a staged folder. It is written once the folder is complete.
   */
  private static final String COMPLETE = "_complete.json";

  private static final Pattern HIDDEN =
      Pattern.compile("\\.(.+)\\.(new|old)\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private static final int TRIES = 10;

  private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);

  private final FileSystem fs;
  private final Path place;

  /**
   * Creates a folder.
   *
   * @param place the path of the folder
   */
  StateFolder(FileSystem fs, Path place) {
    this.fs = fs;
    this.place = place;
  }

  private boolean isThere() throws IOException {
    return Presence.exists(fs, new Path(place, CONFIG));
  }

  /**
   * Replaces the folder by the files of a local directory.
   *
   * @throws UserException when the present folder is not empty and holds no state
   */
  void publish(java.nio.file.Path directory) throws IOException {
    restore(fs, place.getParent());
    if (!Presence.list(fs, place).isEmpty() && !isThere()) {
      throw new UserException(
          "'"
              + place
              + "' exists and is no state of a training, as it has no "
              + CONFIG
              + "; move it away");
    }
    Path staging = hidden("new");
    List<String> names = List.of(directory.toFile().list());
    try {
      for (String name : names) {
        DiskWrite.copy(directory.resolve(name), fs, new Path(staging, name));
      }
    } catch (IOException e) {
      fs.delete(staging, true);
      throw e;
    }
    show(staging, names);
  }

  private void show(Path staging, List<String> names) throws IOException {
    if (!AtomicFiles.renamesAtomically(fs)) {
      AtomicFiles.write(fs, new Path(staging, COMPLETE), Json.write(Map.of("names", names)));
      // From here until the new state is in place there is no state, but never a mixed one.
      fs.delete(new Path(place, CONFIG), false);
      copyAll(staging, names);
      return;
    }
    for (int i = 0; ; i++) {
      Path former = null;
      if (Presence.exists(fs, place)) {
        former = hidden("old");
        try {
          move(place, former);
        } catch (FileNotFoundException | NoSuchFileException e) {
          former = null; // another run has just moved it
        }
      }
      try {
        move(staging, place);
      } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
        // Another run was first.
        if (i == TRIES) {
          throw new FileAlreadyExistsException(place.toString());
        }
        continue;
      } catch (IOException e) {
        if (former != null) {
          move(former, place);
        }
        throw e;
      }
      discardFormer();
      return;
    }
  }

  /**
   * Restores the states that killed runs left without their files, and logs each.
   *
   * @param folder the folder that holds the states
   */
  static void restore(FileSystem fs, Path folder) throws IOException {
    for (FileStatus hidden : Presence.list(fs, folder)) {
      Matcher name = HIDDEN.matcher(hidden.getPath().getName());
      if (!hidden.isDirectory() || !name.matches()) {
        continue;
      }
      StateFolder state = new StateFolder(fs, new Path(folder, name.group(1)));
      if (!state.isThere() && state.restoreFrom(hidden.getPath(), name.group(2))) {
        LOG.warn(
            "{} was left without its files by a run that was killed; they are in place again",
            state.place);
      }
    }
  }

  private boolean restoreFrom(Path hidden, String what) throws IOException {
    if (what.equals("old")) {
      if (!Presence.exists(fs, new Path(hidden, CONFIG))) {
        return false;
      }
      try {
        move(hidden, place);
        return true;
      } catch (FileAlreadyExistsException
          | DirectoryNotEmptyException
          | FileNotFoundException
          | NoSuchFileException e) {
        return false; // that run was not killed but is still running
      }
    }
    Optional<String> complete = Presence.text(fs, new Path(hidden, COMPLETE));
    if (complete.isEmpty()) {
      return false;
    }
    List<String> names = new ArrayList<>();
    Json.read(COMPLETE, complete.get()).path("names").forEach(node -> names.add(node.asText()));
    try {
      copyAll(hidden, names);
      return true;
    } catch (FileNotFoundException e) {
      return false; // that run was not killed and has just finished
    }
  }

  /**
   * Copies the staged files, which stay until all of them are in place. So a run that finds this
   * interrupted can repeat it, and one that does so while another run is still copying does no
   * harm.
   */
  private void copyAll(Path staging, List<String> names) throws IOException {
    fs.mkdirs(place);
    for (FileStatus file : Presence.list(fs, place)) {
      if (!names.contains(file.getPath().getName())) {
        fs.delete(file.getPath(), true);
      }
    }
    List<String> inOrder = new ArrayList<>(names);
    inOrder.remove(CONFIG);
    inOrder.add(CONFIG);
    for (String name : inOrder) {
      FileUtil.copy(
          fs, new Path(staging, name), fs, new Path(place, name), false, true, fs.getConf());
    }
    fs.delete(staging, true);
  }

  /** Deletes the folders that runs moved aside, now that a state is in place. */
  private void discardFormer() throws IOException {
    for (FileStatus hidden : Presence.list(fs, place.getParent())) {
      Matcher name = HIDDEN.matcher(hidden.getPath().getName());
      if (name.matches()
          && name.group(1).equals(place.getName())
          && (name.group(2).equals("old") || OrphanParts.is(fs, hidden.getPath()))) {
        fs.delete(hidden.getPath(), true);
      }
    }
  }

  /** Renames a folder in one step. It fails where the target exists. */
  private void move(Path from, Path to) throws IOException {
    if (fs instanceof LocalFileSystem local) {
      if (Files.exists(local.pathToFile(to).toPath())) {
        throw new FileAlreadyExistsException(to.toString());
      }
      Files.move(
          local.pathToFile(from).toPath(),
          local.pathToFile(to).toPath(),
          StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    try {
      FileContext.getFileContext(fs.getUri(), fs.getConf()).rename(from, to);
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(to.toString(), null, e.getMessage());
    }
  }

  private Path hidden(String what) {
    return new Path(
        place.getParent(), "." + place.getName() + "." + what + "." + UUID.randomUUID());
  }
}
