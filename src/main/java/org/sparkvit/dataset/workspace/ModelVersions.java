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
 * The versions of one model, each a Hugging Face model directory that one run wrote and nobody
 * changes afterwards, and a small file, {@code current.json}, that says which is current. Writing
 * that file, which is one step, publishes a version; so there is one whole model under a name at
 * any time, and whoever took a version goes on having it.
 *
 * <p>A version says in {@code _begun.json} that it is not whole yet, from the moment that it is
 * begun; its {@code config.json} comes last.
 */
public final class ModelVersions {
  private static final String POINTER = "current.json";
  private static final String CONFIG = "config.json";

  /** Reading these would be a download, which is not done here. */
  private static final Pattern WEB = Pattern.compile("(?i)https?:.*");

  private final FileSystem fs;
  private final Path folder;

  /**
   * What is published.
   *
   * @param version that is current
   * @param history what was current, in this order, with the current one last
   */
  public record Pointer(String version, List<String> history) {
    public Pointer {
      history = List.copyOf(history);
    }
  }

  /**
   * @param folder of the model
   */
  public ModelVersions(FileSystem fs, Path folder) {
    this.fs = fs;
    this.folder = folder;
  }

  /**
   * Where the version is that is current, if a URI is that of a model with versions, such as {@code
   * WORKSPACE/models/NAME}. What cannot be read is left to whoever reads the model, who says why.
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

  /** Returns the folder of a version, whether it is there or not. */
  public Path place(String run) {
    return new Path(new Path(folder, ModelName.VERSIONS), run);
  }

  /** Which version is current; empty where none is. */
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

  /** Returns the versions that are whole, the newest first. */
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

  /** Returns whether this is a model directory that somebody put there, without versions. */
  public boolean isPlain() throws IOException {
    List<String> names = names(folder);
    return names.contains(CONFIG) && !names.contains(POINTER);
  }

  /**
   * Where the model is: its current version, or the folder itself where it has none.
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
   * Where a version is.
   *
   * @throws UserException when it is not there, or not whole
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
   * Returns whether something else is there, which is not to be mixed with versions.
   *
   * @return why, for people; empty where there is nothing, or versions
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

  /** Deletes what runs have begun that were killed long ago. */
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
   * @param run that trained it
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
   * Makes a version the current one, in one step. Of two runs that do so at once the later one's is
   * current; the other's version stays, and may be missing in the history.
   *
   * @return what was current before
   * @throws UserException when there is no such version
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
   * Makes the version current, in one step, that was so before the one that is.
   *
   * @return the version that is current now
   * @throws UserException when there is none, or it is gone
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
