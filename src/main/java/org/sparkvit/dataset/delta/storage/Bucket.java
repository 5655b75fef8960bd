package org.sparkvit.dataset.delta.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what this process has found out about a bucket. When it first commits there, it looks for a
 * way to create a file only where none exists. Where there is no way, it has a warning of what can
 * happen.
 */
final class Bucket {
  private static final Logger LOG = LoggerFactory.getLogger(Bucket.class);

  /**
   * The name of a probe. It sorts before all entries of a log, so that nobody who lists them sees
   * it.
   */
  private static final String PROBE = ".spark-vit-probe-";

  private static final String DANGER =
      ": two drivers that write one table at once may lose a commit without a word. Run one at a"
          + " time, or set spark.hadoop."
          + LogStores.SETTING
          + " to the class of a log store that locks elsewhere, such as "
          + LogStores.DYNAMO_DB
          + ", and add its jar";

  private static final Map<String, Bucket> KNOWN = new ConcurrentHashMap<>();

  private final ConditionalPut put;
  private final String warning;

  private Bucket(ConditionalPut put, String warning) {
    this.put = put;
    this.warning = warning;
  }

  /** Returns the way to create a file only where none exists, or empty where the store has none. */
  Optional<ConditionalPut> put() {
    return Optional.ofNullable(put);
  }

  /** Returns the warning for a store that has no way, or empty where there is one. */
  Optional<String> warning() {
    return Optional.ofNullable(warning);
  }

  /**
   * Returns the bucket of a log. The first call of this process probes the bucket, and logs a
   * warning if it has no way.
   */
  static Bucket of(FileSystem fs, Path log) throws IOException {
    String endpoint = fs.getConf().get("fs.s3a.endpoint", "");
    String name = fs.getUri() + " " + endpoint;
    Bucket known = KNOWN.get(name);
    if (known != null) {
      return known;
    }
    synchronized (KNOWN) {
      known = KNOWN.get(name);
      if (known == null) {
        known = probe(fs, log, endpoint.isEmpty() ? "" : " at " + endpoint);
        known.warning().ifPresent(LOG::warn);
        KNOWN.put(name, known);
      }
      return known;
    }
  }

  private static Bucket probe(FileSystem fs, Path log, String endpoint) throws IOException {
    Optional<ConditionalPut> way = ConditionalPut.of(fs, log);
    if (way.isEmpty()) {
      return new Bucket(
          null,
          fs.getClass().getName()
              + " of '"
              + fs.getUri()
              + "' has no conditional PUT (S3A of Hadoop 3.3 and 3.4 has one; s3a:// addresses"
              + " it)"
              + DANGER);
    }
    Answer answer = new Answer();
    Path probe = new Path(log, PROBE + UUID.randomUUID());
    try {
      StorageFailures.untilAnswered(probe, () -> answer.ask(way.get(), probe));
    } finally {
      remove(way.get(), probe);
    }
    return answer.verb == null
        ? new Bucket(way.get(), null)
        : new Bucket(
            null,
            "the store of '"
                + fs.getUri()
                + "'"
                + endpoint
                + answer.verb
                + "If-None-Match"
                + DANGER);
  }

  /**
   * Deletes a probe. A probe that remains is a few bytes that nobody lists, so failing to delete it
   * does not fail the run.
   */
  private static void remove(ConditionalPut put, Path probe) {
    try {
      put.delete(probe);
    } catch (IOException e) {
      LOG.debug("{} stays", probe, e);
    }
  }

  /**
   * The answer of a store to the condition. It is a verb that says what the store does instead of
   * obeying it, or null where the store obeys it.
   */
  private static final class Answer {
    private static final byte[] CONTENT = "{}\n".getBytes(StandardCharsets.UTF_8);

    private String verb;

    void ask(ConditionalPut put, Path probe) throws IOException {
      verb = null;
      try {
        put.put(probe, CONTENT);
        put.put(probe, CONTENT);
        verb = " ignores ";
      } catch (FileAlreadyExistsException e) {
        // The second request was refused. If it was the first, the SDK had sent it twice, as no
        // other file has this name.
        LOG.debug("{} was refused", probe, e);
      } catch (IOException e) {
        if (!StorageFailures.mentions(e, "NotImplemented")) {
          throw e;
        }
        verb = " does not know ";
      }
    }
  }
}
