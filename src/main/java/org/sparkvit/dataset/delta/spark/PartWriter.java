package org.sparkvit.dataset.delta.spark;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.internal.SQLConf;
import org.sparkvit.dataset.delta.NewFile;

/** Has Spark write rows as Parquet files of a folder, each at once where it is to stay. */
public final class PartWriter {
  private static final String PROTOCOL = SQLConf.FILE_COMMIT_PROTOCOL_CLASS().key();

  /** How many writes are under way, and what the session had before the first of them. */
  private static int writes;

  private static Optional<String> before = Optional.empty();

  private PartWriter() {}

  /**
   * Writes the rows.
   *
   * @param folder where nobody else writes; what tasks that failed leave there does not count
   * @param columns names of columns on the top level whose statistics are wanted
   * @return the files that count, without those that are empty of rows
   */
  public static List<NewFile> write(Dataset<Row> rows, Path folder, List<String> columns) {
    RuntimeConfig session = rows.sparkSession().conf();
    begin(session);
    try {
      rows.write()
          .mode(SaveMode.Append)
          .option(PartCommitProtocol.COLUMNS, PartCommitProtocol.text(columns))
          .parquet(folder.toString());
      return PartCommitProtocol.written(folder);
    } finally {
      end(session);
    }
  }

  /** The class can only be named for a session; what else is written there is written as before. */
  private static synchronized void begin(RuntimeConfig session) {
    if (writes++ == 0) {
      before = session.contains(PROTOCOL) ? Optional.of(session.get(PROTOCOL)) : Optional.empty();
      session.set(PROTOCOL, PartCommitProtocol.class.getName());
    }
  }

  private static synchronized void end(RuntimeConfig session) {
    if (--writes == 0) {
      before.ifPresentOrElse(name -> session.set(PROTOCOL, name), () -> session.unset(PROTOCOL));
    }
  }
}
