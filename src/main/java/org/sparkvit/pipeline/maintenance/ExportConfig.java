package org.sparkvit.pipeline.maintenance;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.dataset.workspace.AsOf;

/**
 * What the stage {@code export} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param table whose rows go out
 * @param to URI of a folder that is not there yet, or is empty
 * @param format what its files are to be
 * @param asOf which version
 */
public record ExportConfig(String workspace, TableSpec table, String to, Format format, AsOf asOf) {

  /** Kinds of files. */
  public enum Format {
    /** Columns as they are. */
    PARQUET,
    /** For spreadsheets: with a header, and arrays as JSON. */
    CSV,
    /** A JSON document a row. */
    JSONL
  }

  /** Checks the names. */
  public ExportConfig {
    if (workspace.isBlank()) {
      throw new UserException("--workspace is empty; name a folder");
    }
    if (to.isBlank()) {
      throw new UserException("--to is empty; name a folder that is not there yet");
    }
  }

  /**
   * With names as people write them.
   *
   * @throws UserException when there is no such table or format
   */
  public static ExportConfig of(
      String workspace, String table, String to, String format, AsOf asOf) {
    for (Format known : Format.values()) {
      if (known.name().equalsIgnoreCase(format.strip())) {
        return new ExportConfig(workspace, Tables.named(table), to, known, asOf);
      }
    }
    throw new UserException("--format is '" + format + "'; use parquet, csv or jsonl");
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("table", table.name());
    map.put("to", to);
    map.put("format", format.name().toLowerCase(Locale.ROOT));
    if (!asOf.isLatest()) {
      map.put("as-of", asOf.text());
    }
    return map;
  }
}
