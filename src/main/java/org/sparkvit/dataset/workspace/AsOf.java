package org.sparkvit.dataset.workspace;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;

/**
 * The versions of tables that a run reads. Tables may be read as of a time, so that they fit
 * together as they did then. A single table may be read in a version that is named. Without either
 * the latest versions are read.
 *
 * @param text the text that was given, or empty for the latest versions
 * @param time the time for all tables that are not named, or empty for their latest versions
 * @param versions the numbers of versions by name of table
 */
public record AsOf(String text, Optional<Instant> time, Map<String, Long> versions) {
  /** The latest versions. */
  public static final AsOf LATEST = new AsOf("", Optional.empty(), Map.of());

  private static final Pattern VERSION = Pattern.compile("([a-z_]+)@(\\d{1,18})");

  public AsOf {
    versions = Map.copyOf(versions);
  }

  /**
   * Reads a time, versions of tables, or both, separated by commas.
   *
   * @throws UserException when the text is neither, or names a table or a time twice
   */
  public static AsOf parse(String text) {
    Optional<Instant> time = Optional.empty();
    Map<String, Long> versions = new LinkedHashMap<>();
    List<String> items =
        text.isBlank() ? List.of() : Stream.of(text.split(",")).map(String::strip).toList();
    for (String item : items) {
      Matcher version = VERSION.matcher(item);
      if (version.matches()) {
        String table = Tables.named(version.group(1)).name();
        if (versions.put(table, Long.parseLong(version.group(2))) != null) {
          throw new UserException("--as-of names table '" + table + "' twice; name it once");
        }
      } else if (time.isPresent()) {
        throw new UserException(
            "--as-of is '" + text + "'; give one time, and TABLE@VERSION for other tables");
      } else {
        time = Optional.of(time(item));
      }
    }
    return new AsOf(String.join(",", items), time, versions);
  }

  private static Instant time(String text) {
    try {
      return ZonedDateTime.parse(text, DateTimeFormatter.ISO_ZONED_DATE_TIME).toInstant();
    } catch (DateTimeParseException e) {
      throw new UserException(
          "--as-of is '"
              + text
              + "'; use a time with its zone, e.g. 2026-11-30T08:00:00Z or 2026-11-30T09:00+01:00,"
              + " or a version of a table, e.g. images@3",
          e);
    }
  }

  /** Returns whether the latest versions are read. */
  public boolean isLatest() {
    return time.isEmpty() && versions.isEmpty();
  }

  /** Returns whether a table is read in an earlier version. */
  boolean isAbout(TableSpec table) {
    return time.isPresent() || versions.containsKey(table.name());
  }
}
