package org.sparkvit.dataset.delta.spark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;
import org.sparkvit.dataset.delta.NewFile;

/** Has Spark write rows as Parquet files of a folder, each directly to its final place. */
public final class PartWriter {
  private static final String PROTOCOL = SQLConf.FILE_COMMIT_PROTOCOL_CLASS().key();

  /**
   * The number of writes of a session that are under way, and the session's setting before the
   * first of them.
   */
  private record Writes(int number, Optional<String> before) {}

  private static final Map<SparkSession, Writes> WRITES = new HashMap<>();

  private PartWriter() {}

  /**
   * Writes rows to a folder.
   *
   * @param rows the rows
   * @param folder a folder that nobody else writes to; files that failed tasks leave there do not
   *     count
   * @param columns the names of the top-level columns whose statistics are wanted
   * @return the files that count, without those that have no rows
   */
  public static List<NewFile> write(Dataset<Row> rows, Path folder, List<String> columns) {
    SparkSession session = rows.sparkSession();
    begin(session);
    try {
      rows.write()
          .mode(SaveMode.Append)
          .option(PartCommitProtocol.COLUMNS, PartCommitProtocol.text(columns))
          .parquet(folder.toString());
      return PartCommitProtocol.written(folder);
    } finally {
      PartCommitProtocol.forget(folder);
      end(session);
    }
  }

  /**
   * Sets the protocol for the session, as it cannot be set for a single write. Other writes of the
   * session work as before.
   */
  private static synchronized void begin(SparkSession session) {
    RuntimeConfig conf = session.conf();
    Writes writes = WRITES.get(session);
    if (writes == null) {
      Optional<String> before =
          conf.contains(PROTOCOL) ? Optional.of(conf.get(PROTOCOL)) : Optional.empty();
      writes = new Writes(0, before);
      conf.set(PROTOCOL, PartCommitProtocol.class.getName());
    }
    WRITES.put(session, new Writes(writes.number() + 1, writes.before()));
  }

  private static synchronized void end(SparkSession session) {
    Writes writes = WRITES.get(session);
    if (writes.number() > 1) {
      WRITES.put(session, new Writes(writes.number() - 1, writes.before()));
      return;
    }
    WRITES.remove(session);
    RuntimeConfig conf = session.conf();
    writes.before().ifPresentOrElse(name -> conf.set(PROTOCOL, name), () -> conf.unset(PROTOCOL));
  }
}
