package org.sparkvit.dataset.workspace;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a model, taken from its folder: the folder's own name, or, for a {@linkplain
 * ModelVersions version}, the name of the model and the run that trained it.
 *
 * @param name the name of the model
 * @param version the id of the run, or empty for a model without versions and for the current
 *     version
 */
public record ModelName(String name, Optional<String> version) {
  static final String VERSIONS = "versions";

  /** The pattern of {@link org.sparkvit.core.RunRecord#runId}. */
  private static final String RUN = "\\d{8}T\\d{9}Z-[0-9a-f]{8}";

  private static final Pattern VERSION = Pattern.compile(RUN);
  private static final Pattern PINNED = Pattern.compile("(.+)@(" + RUN + ")");
  private static final Pattern PLACE =
      Pattern.compile("(?:.*/)?([^/]+)/" + VERSIONS + "/(" + RUN + ")/*");

  /** Returns the name of a model that is, or was, at a URI. */
  public static ModelName at(String location) {
    Matcher place = PLACE.matcher(location);
    return place.matches()
        ? new ModelName(place.group(1), Optional.of(place.group(2)))
        : new ModelName(location.replaceAll(".*/(?=[^/])|/+$", ""), Optional.empty());
  }

  /** Parses a name as a person writes it: {@code NAME} or {@code NAME@RUN}. */
  public static ModelName of(String text) {
    Matcher pinned = PINNED.matcher(text);
    return pinned.matches()
        ? new ModelName(pinned.group(1), Optional.of(pinned.group(2)))
        : new ModelName(text, Optional.empty());
  }

  /** Returns whether a text can be the name of a version. */
  static boolean isVersion(String text) {
    return VERSION.matcher(text).matches();
  }

  @Override
  public String toString() {
    return version.map(run -> name + "@" + run).orElse(name);
  }
}
