package org.sparkvit.dataset.workspace;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;

/**
 * What people call a model, as the folder that it is in says: that folder's name, or, of a
 * {@linkplain ModelVersions version}, the name of the model and the run that trained it.
 *
 * @param version id of the run; empty for a model without versions, or whichever is current
 */
public record ModelName(String name, Optional<String> version) {
  static final String VERSIONS = "versions";

  /** As {@link org.sparkvit.core.RunRecord#runId} has it. */
  private static final String RUN = "\\d{8}T\\d{9}Z-[0-9a-f]{8}";

  private static final Pattern VERSION = Pattern.compile(RUN);
  private static final Pattern PINNED = Pattern.compile("(.+)@(" + RUN + ")");
  private static final Pattern PLACE =
      Pattern.compile("(?:.*/)?([^/]+)/" + VERSIONS + "/(" + RUN + ")/*");

  /** Of a model that is, or was, at a URI. */
  public static ModelName at(String location) {
    Matcher place = PLACE.matcher(location);
    return place.matches()
        ? new ModelName(place.group(1), Optional.of(place.group(2)))
        : new ModelName(location.replaceAll(".*/(?=[^/])|/+$", ""), Optional.empty());
  }

  /** As a person writes it: {@code NAME} or {@code NAME@RUN}. */
  public static ModelName of(String text) {
    Matcher pinned = PINNED.matcher(text);
    return pinned.matches()
        ? new ModelName(pinned.group(1), Optional.of(pinned.group(2)))
        : new ModelName(text, Optional.empty());
  }

  /** Returns whether a version can be called that. */
  static boolean isVersion(String text) {
    return VERSION.matcher(text).matches();
  }

  /** Returns whether a person means this model, or all versions of it. */
  public boolean isMeantBy(String wanted) {
    return wanted.equals(name) || wanted.equals(toString());
  }

  /**
   * Returns whether a location is that of a version of a model, or of the one that is named.
   *
   * @param wanted {@code NAME}, {@code NAME@RUN}, or the same with a URI before it
   */
  public static Column isVersionOf(Column location, String wanted) {
    ModelName model = of(wanted);
    return location.rlike(
        "(^|/)"
            + Pattern.quote(model.name)
            + "/"
            + VERSIONS
            + "/"
            + model.version.map(Pattern::quote).orElse(RUN)
            + "/*$");
  }

  @Override
  public String toString() {
    return version.map(run -> name + "@" + run).orElse(name);
  }
}
