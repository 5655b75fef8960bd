package org.sparkvit.dataset.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;

/**
 * A version of a table, as one commit left it: its schema and its files, which nobody changes any
 * more.
 */
public final class DeltaVersion {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Path folder;
  private final Engine engine;
  private final SnapshotImpl snapshot;
  private List<DataFile> files;

  DeltaVersion(Path folder, Engine engine, SnapshotImpl snapshot) {
    this.folder = folder;
    this.engine = engine;
    this.snapshot = snapshot;
  }

  /** Returns the number of the version: 0 for the first, and one more for each commit. */
  public long number() {
    return snapshot.getVersion();
  }

  /** Returns the time of the commit by the clock of the file system. */
  public Instant time() {
    return Instant.ofEpochMilli(snapshot.getTimestamp(engine));
  }

  /** Returns the columns of the table with their comments. */
  public StructType schema() {
    return (StructType) DataType.fromJson(snapshot.getSchema().toJson());
  }

  /** Returns the comment of the table, or empty where it has none. */
  public Optional<String> comment() {
    return property(DeltaTable.COMMENT);
  }

  /** Returns the value of a property of the table, or empty where it is not set. */
  public Optional<String> property(String name) {
    return Optional.ofNullable(snapshot.getMetadata().getConfiguration().get(name));
  }

  /** Returns the columns whose values the files do not have, as all rows of a file share them. */
  public List<String> partitionColumns() {
    return List.copyOf(snapshot.getPartitionColumnNames());
  }

  /** Returns whether this version contains a commit of a name. */
  boolean has(String commit) {
    return snapshot.getLatestTransactionVersion(engine, commit).isPresent();
  }

  /**
   * Returns the files in the order of their names. They are read from the log at the first call.
   */
  public synchronized List<DataFile> files() {
    if (files == null) {
      files = list();
    }
    return files;
  }

  private List<DataFile> list() {
    List<DataFile> list = new ArrayList<>();
    ScanImpl scan = (ScanImpl) snapshot.getScanBuilder().build();
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine, true)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          while (rows.hasNext()) {
            list.add(file(rows.next()));
          }
        }
      }
    } catch (IOException e) {
      throw Unreadable.table(folder, new UncheckedIOException(e));
    } catch (RuntimeException e) {
      throw Unreadable.table(folder, e);
    }
    list.sort(Comparator.comparing(DataFile::path));
    return List.copyOf(list);
  }

  private DataFile file(Row row) {
    AddFile add = new AddFile(row.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL));
    JsonNode statistics = add.getStatsJson().map(DeltaVersion::json).orElse(JSON.nullNode());
    Map<String, Bounds> bounds = new HashMap<>();
    statistics
        .path("minValues")
        .fields()
        .forEachRemaining(
            least -> {
              Comparable<?> min = value(least.getValue());
              Comparable<?> max = value(statistics.path("maxValues").path(least.getKey()));
              if (min != null && max != null) {
                bounds.put(least.getKey(), new Bounds(min, max));
              }
            });
    String path = InternalScanFileUtils.getAddFileStatus(row).getPath();
    String place = new Path(path).toUri().normalize().getPath();
    if (!place.startsWith(folder.toUri().getPath() + Path.SEPARATOR)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "the log of table '%s' in %s names a file outside of the table's folder, %s, which no"
                  + " spark-vit has written; bring the log back from a copy, or move the folder"
                  + " away and run the command that writes the table",
              folder.getName(),
              folder.getParent(),
              path));
    }
    return new DataFile(path, add.getSize(), statistics.path("numRecords").asLong(-1), bounds, add);
  }

  /**
   * Parses statistics, which are JSON in a string. Statistics that cannot be parsed count as
   * absent.
   */
  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.nullNode();
    }
  }

  private static Comparable<?> value(JsonNode node) {
    if (node.isTextual()) {
      return node.asText();
    }
    return node.isIntegralNumber() ? node.asLong() : null;
  }
}
