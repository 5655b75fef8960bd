package org.sparkvit.dataset.delta.storage;

import io.delta.kernel.Operation;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkvit.S3Server;

/** A driver that only commits: files that it appends are names. */
final class AppendingDriver {
  private AppendingDriver() {}

  /**
   * Appends to a table.
   *
   * @param args the table, the server's port, how often, what its names begin with
   */
  public static void main(String[] args) throws IOException {
    Engine engine = engine(Integer.parseInt(args[1]));
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      append(engine, args[0], args[3] + "-" + i);
    }
  }

  static Engine engine(int port) {
    Configuration hadoop = new Configuration();
    hadoop.set(LogStores.SETTING, System.getProperty(LogStores.SETTING, LogStores.CONDITIONAL_PUT));
    if (port > 0) {
      S3Server.configure(hadoop, port);
    }
    return DefaultEngine.create(LogStores.configure(hadoop));
  }

  static void create(Engine engine, String table) throws IOException {
    Transaction transaction =
        Table.forPath(engine, table)
            .createTransactionBuilder(engine, "test", Operation.CREATE_TABLE)
            .withSchema(engine, new StructType().add("id", LongType.LONG))
            .build(engine);
    transaction.commit(engine, CloseableIterable.emptyIterable());
  }

  private static void append(Engine engine, String table, String name) throws IOException {
    Transaction transaction =
        Table.forPath(engine, table)
            .createTransactionBuilder(engine, "test", Operation.WRITE)
            .withMaxRetries(200)
            .build(engine);
    Row state = transaction.getTransactionState(engine);
    CloseableIterator<Row> rows =
        Transaction.generateAppendActions(
            engine,
            state,
            Utils.singletonCloseableIterator(
                new DataFileStatus(
                    new Path(table, name + ".parquet").toString(), 1, 1, Optional.empty())),
            Transaction.getWriteContext(engine, state, Map.of()));
    transaction.commit(engine, CloseableIterable.inMemoryIterable(rows));
  }

  /** Paths of the files that a table has now. */
  static SortedSet<String> files(Engine engine, String table) throws IOException {
    SortedSet<String> files = new TreeSet<>();
    try (CloseableIterator<FilteredColumnarBatch> batches =
        Table.forPath(engine, table)
            .getLatestSnapshot(engine)
            .getScanBuilder()
            .build()
            .getScanFiles(engine)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          while (rows.hasNext()) {
            files.add(rows.next().getStruct(0).getString(0));
          }
        }
      }
    }
    return files;
  }
}
