package org.sparkvit.dataset.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/**
 * The versions of one model. Each version is a Hugging Face model directory that one run wrote and
 * nobody changes afterwards. A small file, {@code current.json}, says which is current. Writing
 * that file is one step, which publishes a version. So there is one complete model under a name at
 * any time, and a reader that took a version keeps it.
 *
 * <p>A version has a file {@code _begun.json} from the moment that it is begun until it is
 * complete; its {@code config.json} comes last.
 */
public final class ModelVersions {
  private static final String POINTER = "current.json";
  private static final String CONFIG = "config.json";

  /** Matches web addresses. Reading them would be a download, which this program does not do. */
  private static final Pattern WEB = Pattern.compile("(?i)https?:.*");

  private final FileSystem fs;
  private final Path folder;

  /**
   * The content of {@code current.json}.
   *
   * @param version the current version
   * @param history all versions in the order in which they became current, with the current one
   *     last
   */
  public record Pointer(String version, List<String> history) {
    public Pointer {
      history = List.copyOf(history);
    }
  }

  /**
   * Creates the versions of a model.
   *
   * @param folder the folder of the model
   */
  public ModelVersions(FileSystem fs, Path folder) {
    this.fs = fs;
    this.folder = folder;
  }

  /**
   * Returns the location of the current version if a URI is that of a model with versions, such as
   * {@code WORKSPACE/models/NAME}. Returns empty where the URI cannot be read; reading the model
   * then says why.
   */
  public static Optional<String> currentAt(Configuration hadoop, String uri) {
    if (WEB.matcher(uri).matches()) {
      return Optional.empty();
    }
    ModelVersions model;
    Optional<String> text;
    try {
      Path folder = new Path(uri);
      FileSystem fs = folder.getFileSystem(hadoop);
      model = new ModelVersions(fs, fs.makeQualified(folder));
      text = model.text();
    } catch (IOException | IllegalArgumentException | UserException e) {
      return Optional.empty();
    }
    return text.map(model::parse).map(pointer -> model.place(pointer.version()).toString());
  }

  private String name() {
    return folder.getName();
  }

  /** Returns the folder of a version, whether it exists or not. */
  public Path place(String run) {
    return new Path(new Path(folder, ModelName.VERSIONS), run);
  }

  /** Returns which version is current, or empty where none is. */
  public Optional<Pointer> pointer() throws IOException {
    return text().map(this::parse);
  }

  private Optional<String> text() throws IOException {
    return Presence.text(fs, new Path(folder, POINTER));
  }

  private Pointer parse(String text) {
    Path file = new Path(folder, POINTER);
    JsonNode document;
    try {
      document = Json.read(file.toString(), text);
    } catch (UserException e) {
      throw damaged(file, e);
    }
    String version = document.path("version").asText();
    List<String> history = new ArrayList<>();
    document.path("history").forEach(node -> history.add(node.asText()));
    if (!ModelName.isVersion(version) || !history.stream().allMatch(ModelName::isVersion)) {
      throw damaged(file, null);
    }
    return new Pointer(version, history);
  }

  private UserException damaged(Path file, Throwable reason) {
    return new UserException(
        "'"
            + file
            + "' does not name a version of the model; move it away, and name the one that is to be"
            + " current with 'spark-vit models --promote "
            + name()
            + "@RUN'",
        reason);
  }

  /** Returns the complete versions, the newest first. */
  public List<String> versions() throws IOException {
    List<String> versions = new ArrayList<>();
    for (String run : begun()) {
      if (isWhole(run)) {
        versions.add(run);
      }
    }
    versions.sort(Comparator.reverseOrder());
    return versions;
  }

  private List<String> begun() throws IOException {
    return Presence.list(fs, new Path(folder, ModelName.VERSIONS)).stream()
        .filter(FileStatus::isDirectory)
        .map(status -> status.getPath().getName())
        .filter(ModelName::isVersion)
        .toList();
  }

  private boolean isWhole(String run) throws IOException {
    List<String> names = names(place(run));
    return names.contains(CONFIG) && !names.contains(OwnFolder.MARK);
  }

  private List<String> names(Path place) throws IOException {
    return Presence.list(fs, place).stream().map(status -> status.getPath().getName()).toList();
  }

  /** Returns whether the folder is a model directory without versions, which somebody put there. */
  public boolean isPlain() throws IOException {
    List<String> names = names(folder);
    return names.contains(CONFIG) && !names.contains(POINTER);
  }

  /**
   * Returns the location of the model: its current version, or the folder itself where it has no
   * versions.
   *
   * @throws UserException when there are versions and none is current
   */
  public Path location() throws IOException {
    Optional<Pointer> pointer = pointer();
    if (pointer.isEmpty() && !isPlain() && !versions().isEmpty()) {
      throw new UserException(
          "of model '"
              + name()
              + "' no version is current, in "
              + folder
              + "; 'spark-vit models' lists them, and with --promote makes one current");
    }
    return pointer.map(current -> place(current.version())).orElse(folder);
  }

  /**
   * Returns the location of a version.
   *
   * @throws UserException when it does not exist or is not complete
   */
  public Path location(String run) throws IOException {
    if (!isWhole(run)) {
      throw new UserException(
          "model '"
              + name()
              + "' has no version '"
              + run
              + "' in "
              + folder
              + "; 'spark-vit models' lists those that there are");
    }
    return place(run);
  }

  /**
   * Returns the reason why versions must not be written to the folder: something else is in it.
   *
   * @return the reason, for people, or empty where the folder has versions or does not exist
   */
  public Optional<String> inTheWay() throws IOException {
    List<String> names = names(folder);
    if (names.contains(POINTER)
        || names.stream().allMatch(name -> name.equals(ModelName.VERSIONS) || isHidden(name))) {
      return Optional.empty();
    }
    return Optional.of(
        "'"
            + folder
            + (names.contains(CONFIG)
                ? "' is a model directory that was put there, and has no versions"
                : "' is there and is no model, for it has no " + POINTER));
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".");
  }

  /** Deletes versions that were begun by runs which were killed long ago. */
  public void discardAbandoned() throws IOException {
    for (String run : begun()) {
      if (OwnFolder.is(fs, place(run), owner()) && OrphanParts.is(fs, place(run))) {
        OwnFolder.delete(fs, place(run), owner());
      }
    }
  }

  private String owner() {
    return "model " + name();
  }

  /**
   * Writes the files of a local directory as a version, which nobody reads yet.
   *
   * @param run the id of the run that trained it
   */
  public void write(java.nio.file.Path directory, String run) throws IOException {
    Path place = place(run);
    OwnFolder.begin(fs, place, owner(), run);
    try {
      List<String> names = new ArrayList<>(List.of(directory.toFile().list()));
      names.sort(Comparator.comparing((String name) -> name.equals(CONFIG)));
      for (String name : names) {
        DiskWrite.copy(directory.resolve(name), fs, new Path(place, name));
      }
      OwnFolder.handOver(fs, place, owner());
    } catch (IOException | RuntimeException e) {
      try {
        OwnFolder.delete(fs, place, owner());
      } catch (IOException | UserException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /**
   * Makes a version the current one, in one step. Of two runs that do so at once, the later one's
   * version is current; the other's version stays, and may be missing in the history.
   *
   * @return the version that was current before
   * @throws UserException when the version does not exist
   */
  public Optional<String> promote(String run) throws IOException {
    location(run);
    Optional<Pointer> former = pointer();
    if (former.isEmpty() || !former.get().version().equals(run)) {
      List<String> history = new ArrayList<>(former.map(Pointer::history).orElse(List.of()));
      history.add(run);
      point(history);
    }
    return former.map(Pointer::version);
  }

  /**
   * Makes the previous version current again, in one step.
   *
   * @return the version that is current now
   * @throws UserException when there is no previous version, or it is gone
   */
  public String rollBack() throws IOException {
    List<String> history = pointer().map(Pointer::history).orElse(List.of());
    if (history.size() < 2) {
      throw new UserException(
          "model '"
              + name()
              + "' has no version that was current before, in "
              + folder
              + "; 'spark-vit models' lists those that there are");
    }
    List<String> former = history.subList(0, history.size() - 1);
    String run = former.get(former.size() - 1);
    location(run);
    point(former);
    return run;
  }

  private void point(List<String> history) throws IOException {
    AtomicFiles.write(
        fs,
        new Path(folder, POINTER),
        Json.write(Map.of("version", history.get(history.size() - 1), "history", history)));
  }
}
