package org.sparkvit.dataset.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.Operation;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionBuilder;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.exceptions.MetadataChangedException;
import io.delta.kernel.exceptions.ProtocolChangedException;
import io.delta.kernel.exceptions.TableAlreadyExistsException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.TableImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.data.TransactionStateRow;
import io.delta.kernel.internal.types.DataTypeJsonSerDe;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.storage.LogStores;

/**
 * A folder with a Delta table, in protocol (1, 2), which every reader of Delta tables knows. A
 * writer first writes files and then one entry of the log, which must not exist before. The entry
 * makes the change in one step. Where two writers write at once, one of them finds that it has
 * lost. It plans its change again on top of the other's.
 */
public final class DeltaTable {
  private static final Logger LOGGER = LoggerFactory.getLogger(DeltaTable.class);

  /** The name of the log's folder within the table's folder. */
  public static final String LOG = "_delta_log";

  /**
   * The table property that Spark and Databricks use as the table's comment. The log has a field
   * for a description, too, but Kernel has no means to set it.
   */
  static final String COMMENT = "comment";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ADD = "add";
  private static final Pattern ENTRY = Pattern.compile("(\\d{20})\\.json");

  /**
   * Table properties that keep the log's entries, as they tell which run wrote what. By default
   * Delta Lake deletes them after thirty days.
   */
  private static final Map<String, String> KEPT =
      Map.of("delta.logRetentionDuration", "interval 3650 days");

  /** The number of attempts to commit. Each lost race is another run's commit. */
  private static final int ATTEMPTS = 100;

  private final Path folder;
  private final Configuration configuration;
  private final Engine engine;

  private DeltaTable(Path folder, Configuration configuration) {
    this.folder = folder;
    this.configuration = configuration;
    this.engine = DefaultEngine.create(LogStores.configure(configuration));
  }

  /** Returns the table of a folder, which need not exist. */
  public static DeltaTable at(Path folder, Configuration configuration) {
    return new DeltaTable(folder, configuration);
  }

  /** Returns the latest version, or empty where there is no table. */
  public Optional<DeltaVersion> latest() {
    try {
      return Optional.of(version((SnapshotImpl) kernel().getLatestSnapshot(engine)));
    } catch (TableNotFoundException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      throw Unreadable.table(folder, e);
    }
  }

  /**
   * Returns a version, after a check that its log's entry is not empty. Kernel would take an empty
   * entry for a commit that changed nothing, which no writer makes.
   */
  private DeltaVersion version(SnapshotImpl snapshot) {
    for (io.delta.kernel.utils.FileStatus entry : snapshot.getLogSegment().getDeltas()) {
      if (entry.getSize() == 0) {
        throw new IllegalStateException(entry.getPath() + " is empty");
      }
    }
    return new DeltaVersion(folder, engine, snapshot);
  }

  /**
   * Returns a version by its number.
   *
   * @throws UserException when there is no such version, or its log is gone
   */
  public DeltaVersion at(long number) {
    try {
      return version((SnapshotImpl) kernel().getSnapshotAsOfVersion(engine, number));
    } catch (RuntimeException e) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "table '%s' cannot be read as of version %d (%s); 'spark-vit history %s' lists the"
                  + " versions that there are",
              folder.getName(),
              number,
              Unreadable.line(e),
              folder.getName()),
          e);
    }
  }

  /**
   * Returns the version that was the latest one at a time, or empty where there was no table yet.
   *
   * @throws UserException when its log is gone
   */
  public Optional<DeltaVersion> asOf(Instant time) {
    Optional<DeltaVersion> latest = latest();
    if (latest.isEmpty()) {
      return latest;
    }
    SortedMap<Long, Instant> times = times();
    OptionalLong number = lastUntil(times, time);
    if (number.isPresent()) {
      return number.getAsLong() == latest.get().number()
          ? latest
          : Optional.of(at(number.getAsLong()));
    }
    if (times.firstKey() == 0) {
      return Optional.empty(); // it is older than the table
    }
    throw new UserException(
        String.format(
            Locale.ROOT,
            "table '%s' cannot be read as of %s: its log begins with version %d, of %s; name a"
                + " later time",
            folder.getName(),
            time,
            times.firstKey(),
            times.get(times.firstKey())));
  }

  /**
   * Returns the number of the last version that existed at a time.
   *
   * @param times the time of each version
   */
  public static OptionalLong lastUntil(SortedMap<Long, Instant> times, Instant time) {
    return times.entrySet().stream()
        .filter(version -> !version.getValue().isAfter(time))
        .mapToLong(Map.Entry::getKey)
        .max();
  }

  /**
   * Returns the versions whose entries the log has, with the times that {@link #asOf} uses: the
   * modification times of the entries, by the clock of the file system. As clocks may have been set
   * back, each time is moved behind the one before, as Delta Lake does.
   */
  public SortedMap<Long, Instant> times() {
    SortedMap<Long, Instant> times = new TreeMap<>();
    Path log = new Path(folder, LOG);
    try {
      for (FileStatus file : log.getFileSystem(configuration).listStatus(log)) {
        Matcher entry = ENTRY.matcher(file.getPath().getName());
        if (entry.matches()) {
          times.put(
              Long.parseLong(entry.group(1)), Instant.ofEpochMilli(file.getModificationTime()));
        }
      }
    } catch (IOException e) {
      throw Unreadable.table(folder, new UncheckedIOException("listing " + log, e));
    }
    Instant before = Instant.MIN;
    for (Map.Entry<Long, Instant> version : times.entrySet()) {
      if (!version.getValue().isAfter(before)) {
        version.setValue(before.plusMillis(1));
      }
      before = version.getValue();
    }
    return times;
  }

  /**
   * Changes the table in one step.
   *
   * @param name the name of the commit; however often it is asked for, it is made once
   * @param author the author, for the log
   * @param plan returns the change of a version, or empty for none; it is called again with a newer
   *     version when another run commits in the meantime
   * @return the number of the version that has the change, or empty where there was nothing to
   *     change
   * @throws NotCommittedException when others commit without end, or the log cannot be written
   * @throws UserException when the table cannot be read, so that it is not known whether it has the
   *     change
   */
  public OptionalLong commit(
      String name, String author, Function<Optional<DeltaVersion>, Optional<DeltaChange>> plan) {
    RuntimeException failure = null;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Optional<DeltaVersion> current = latest();
      // A name is new at first, which spares a look through the log.
      if (failure != null && current.isPresent() && current.get().has(name)) {
        return OptionalLong.of(current.get().number());
      }
      if (failure != null && !isLostRace(failure)) {
        throw new NotCommittedException(
            "table '"
                + folder.getName()
                + "' in "
                + folder.getParent()
                + " stays as it was, its log cannot be written: "
                + Unreadable.line(failure)
                + "; see to the storage and run the command again",
            failure);
      }
      Optional<DeltaChange> change = plan.apply(current);
      if (change.isEmpty()) {
        return OptionalLong.empty();
      }
      try {
        return OptionalLong.of(write(current, change.get(), name, author));
      } catch (RuntimeException e) {
        failure = e;
      }
      pause(attempt);
    }
    throw new NotCommittedException(
        String.format(
            Locale.ROOT,
            "table '%s' in %s stays as it was: other runs committed before this one %d times; run"
                + " the command again when they have ended",
            folder.getName(),
            folder.getParent(),
            ATTEMPTS),
        failure);
  }

  private static boolean isLostRace(RuntimeException e) {
    return e instanceof ConcurrentWriteException
        || e instanceof TableAlreadyExistsException
        || e instanceof MetadataChangedException
        || e instanceof ProtocolChangedException;
  }

  private long write(
      Optional<DeltaVersion> current, DeltaChange change, String name, String author) {
    Transaction transaction = transaction(current, change, name, author);
    StructType schema =
        TransactionStateRow.getPhysicalSchema(transaction.getTransactionState(engine));
    boolean isReplaced = current.isPresent() && change.schema().isPresent();
    List<Row> actions = new ArrayList<>();
    // Kernel itself takes out all files of a table that it replaces.
    if (!isReplaced) {
      for (DataFile file : change.remove()) {
        actions.add(
            SingleAction.createRemoveFileSingleAction(
                file.action().toRemoveFileRow(!change.isRewrite(), Optional.empty())));
      }
    }
    URI root = new io.delta.kernel.internal.fs.Path(folder.toString()).toUri();
    for (NewFile file : change.add()) {
      actions.add(
          SingleAction.createAddFileSingleAction(
              AddFile.convertDataFileStatus(
                      schema, root, file.status(), Map.of(), !change.isRewrite(), Map.of())
                  .toRow()));
    }
    TransactionCommitResult result =
        transaction.commit(
            engine,
            CloseableIterable.inMemoryIterable(
                io.delta.kernel.internal.util.Utils.toCloseableIterator(actions.iterator())));
    afterwards(result);
    return result.getVersion();
  }

  private Transaction transaction(
      Optional<DeltaVersion> current, DeltaChange change, String name, String author) {
    TransactionBuilder builder;
    if (current.isEmpty()) {
      builder = kernel().createTransactionBuilder(engine, author, Operation.CREATE_TABLE);
    } else if (change.schema().isPresent()) {
      builder = ((TableImpl) kernel()).createReplaceTableTransactionBuilder(engine, author);
    } else {
      builder = kernel().createTransactionBuilder(engine, author, Operation.WRITE);
    }
    if (change.schema().isPresent()) {
      builder.withSchema(engine, kernel(change.schema().get()));
      Map<String, String> properties = new HashMap<>(KEPT);
      change.comment().ifPresent(comment -> properties.put(COMMENT, comment));
      builder.withTableProperties(engine, properties);
    }
    Transaction transaction =
        builder.withTransactionId(engine, name, 1).withMaxRetries(0).build(engine);
    // It begins with the version that is the latest by now.
    if (transaction.getReadTableVersion() != current.map(DeltaVersion::number).orElse(-1L)) {
      throw new ConcurrentWriteException("another run has committed meanwhile");
    }
    return transaction;
  }

  /**
   * Writes a checkpoint where one is due. It spares readers the reading of every entry; the table
   * is correct without it.
   */
  private void afterwards(TransactionCommitResult result) {
    for (PostCommitHook hook : result.getPostCommitHooks()) {
      if (hook.getType() == PostCommitHook.PostCommitHookType.CHECKPOINT) {
        try {
          hook.threadSafeInvoke(engine);
        } catch (IOException | RuntimeException e) {
          LOGGER.warn("no checkpoint of the log of {}: {}", folder, Unreadable.line(e));
        }
      }
    }
  }

  private Table kernel() {
    return Table.forPath(engine, folder.toString());
  }

  private static StructType kernel(org.apache.spark.sql.types.StructType schema) {
    return DataTypeJsonSerDe.deserializeStructType(schema.asNullable().json());
  }

  /**
   * Returns the log's entry of a version.
   *
   * @return the entry, or empty where it is gone
   */
  public Optional<Commit> commit(long version) {
    return actions(version).map(actions -> commit(version, actions));
  }

  private static Commit commit(long version, List<JsonNode> actions) {
    JsonNode info = JSON.createObjectNode();
    long added = 0;
    long removed = 0;
    boolean isRewrite = true;
    for (JsonNode action : actions) {
      if (action.has("commitInfo")) {
        info = action.get("commitInfo");
      } else if (action.has(ADD)) {
        added++;
        isRewrite &= !action.get(ADD).path("dataChange").asBoolean(true);
      } else if (action.has("remove")) {
        removed++;
        isRewrite &= !action.get("remove").path("dataChange").asBoolean(true);
      } else if (action.has("metaData")) {
        isRewrite = false;
      }
    }
    return new Commit(
        version,
        Instant.ofEpochMilli(info.path("timestamp").asLong()),
        info.path("operation").asText("?"),
        info.path("engineInfo").asText("?"),
        added,
        removed,
        isRewrite && added + removed > 0);
  }

  /**
   * Returns the absolute paths of the files that a version's commit added.
   *
   * @return the paths, or empty where the log's entry is gone
   */
  public Optional<List<Path>> added(long version) {
    return actions(version)
        .map(
            actions ->
                actions.stream()
                    .filter(action -> action.has(ADD))
                    .map(action -> action.get(ADD).path("path").asText())
                    .map(path -> new Path(folder, new Path(URI.create(path))))
                    .toList());
  }

  private Optional<List<JsonNode>> actions(long version) {
    Path entry = entry(version);
    try (BufferedReader reader = reader(entry)) {
      List<JsonNode> actions = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        actions.add(JSON.readTree(line));
      }
      return Optional.of(actions);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Unreadable.table(folder, new UncheckedIOException(entry.toString(), e));
    }
  }

  private Path entry(long version) {
    return new Path(new Path(folder, LOG), String.format(Locale.ROOT, "%020d.json", version));
  }

  private BufferedReader reader(Path file) throws IOException {
    FileSystem fs = file.getFileSystem(configuration);
    return new BufferedReader(new InputStreamReader(fs.open(file), StandardCharsets.UTF_8));
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(10, 10 + 20L * Math.min(attempt, 20)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserException("interrupted while another run commits; run the command again", e);
    }
  }
}
