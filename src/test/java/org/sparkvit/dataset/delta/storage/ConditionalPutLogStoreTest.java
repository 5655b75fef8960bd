package org.sparkvit.dataset.delta.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.storage.CloseableIterator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkvit.S3Proxy;
import org.sparkvit.S3Server;
import org.sparkvit.S3Server.Fault;
import org.sparkvit.core.UserException;

class ConditionalPutLogStoreTest {
  private static final String DANGER =
      ": two drivers that write one table at once may lose a commit without a word. Run one at a"
          + " time, or set spark.hadoop.sparkvit.delta.logStore.s3 to the class of a log store that"
          + " locks elsewhere, such as io.delta.storage.S3DynamoDBLogStore, and add its jar";

  private static int buckets;

  private final Configuration hadoop = new Configuration();
  private S3Server s3;
  private String bucket;
  private ConditionalPutLogStore store;

  @BeforeEach
  void start() throws IOException {
    s3 = S3Server.start();
    s3.configure(hadoop);
    // What S3A does itself is not what is tested.
    hadoop.set("fs.s3a.attempts.maximum", "1");
    hadoop.set("fs.s3a.retry.limit", "0");
    hadoop.set("fs.s3a.retry.throttle.limit", "1");
    store = new ConditionalPutLogStore(hadoop);
    // Hadoop keeps a file system by its bucket's name, with the server that it had.
    bucket = "log-" + ++buckets;
    s3.createBucket(bucket);
  }

  @AfterEach
  void stop() {
    s3.close();
  }

  @AfterAll
  static void forget() throws IOException {
    FileSystem.closeAll();
  }

  private static boolean putsTheEntry(String request) {
    return request.startsWith("PUT ") && request.endsWith("0.json");
  }

  private Path log() {
    return new Path("s3a://" + bucket + "/table/_delta_log");
  }

  private Path entry(int version) {
    return new Path(log(), String.format(Locale.ROOT, "%020d.json", version));
  }

  private void write(int version, String... lines) throws IOException {
    store.write(entry(version), List.of(lines).iterator(), false, hadoop);
  }

  private List<String> lines(int version) throws IOException {
    List<String> lines = new ArrayList<>();
    try (CloseableIterator<String> read = store.read(entry(version), hadoop)) {
      read.forEachRemaining(lines::add);
    }
    return lines;
  }

  private String warning() throws IOException {
    return ConditionalPutLogStore.warning(log(), hadoop).orElse("");
  }

  @Test
  void anEntryIsMadeOnceByOneRequest() throws IOException {
    assertThat(warning()).isEmpty();
    assertThat(s3.keys(bucket, "table/_delta_log/.")).as("what the probe left").isEmpty();
    Map<String, Integer> requests = new TreeMap<>(s3.requests());
    write(0, "one", "two", "äß");
    requests.merge("PUT", 1, Integer::sum);
    assertThat(s3.requests()).as("no look before it").isEqualTo(requests);
    assertThat(lines(0)).containsExactly("one", "two", "äß");

    assertThatThrownBy(() -> write(0, "another"))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage(entry(0).toString());
    assertThat(lines(0)).containsExactly("one", "two", "äß");

    store.write(entry(0), List.of("over").iterator(), true, hadoop);
    assertThat(lines(0)).containsExactly("over");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"DONE_AND_CUT", "CUT", "BUSY", "CONFLICT"})
  void aRequestThatFailsIsNoCommitThatFails(Fault fault) throws IOException {
    s3.disturb(fault, 2, ConditionalPutLogStoreTest::putsTheEntry);
    write(0, "ours");
    assertThat(lines(0)).containsExactly("ours");
  }

  @Test
  void whatTheSdkSentTwiceIsOurs() throws IOException {
    hadoop.set("fs.s3a.attempts.maximum", "5");
    assertThat(warning()).as("what the probe finds").isEmpty();
    s3.disturb(Fault.DONE_AND_CUT, 1, ConditionalPutLogStoreTest::putsTheEntry);
    int puts = s3.requests("PUT");
    write(0, "ours");
    assertThat(s3.requests("PUT") - puts).as("the entry, twice").isEqualTo(2);
    assertThat(lines(0)).containsExactly("ours");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT", "CONFLICT"})
  void aRequestThatFailsBecauseAnotherWasFirstHasLost(Fault fault) throws IOException {
    write(0, "another's");
    s3.disturb(fault, 1, ConditionalPutLogStoreTest::putsTheEntry);
    assertThatThrownBy(() -> write(0, "ours")).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(lines(0)).containsExactly("another's");
  }

  @Test
  void deniedIsSaidAtOnce() {
    s3.disturb(Fault.DENIED, 1, ConditionalPutLogStoreTest::putsTheEntry);
    assertThatThrownBy(() -> write(0, "ours"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'" + entry(0) + "' could not be written, the store denies it (")
        .hasMessageEndingWith(
            "); a run needs the rights to get, put, list and delete objects there");
  }

  @Test
  void noBucketIsSaidAtOnce() {
    bucket = "none-" + bucket;
    assertThatThrownBy(() -> write(0, "ours"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'s3a://" + bucket + "/")
        .hasMessageContaining("could not be written")
        .hasMessageContaining("NoSuchBucket");
  }

  @Test
  void anOutageThatStaysIsSaid() {
    s3.disturb(Fault.BUSY, 1000, request -> true);
    assertThatThrownBy(() -> write(0, "ours"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("could not be written in 4 attempts (")
        .hasMessageContaining("run again when the store answers");
  }

  @Test
  void aStoreThatIgnoresTheConditionIsFoundOut() throws Exception {
    s3.ignoreConditions();
    assertThat(warning())
        .isEqualTo(
            "the store of 's3a://%s' at http://127.0.0.1:%d ignores If-None-Match%s"
                .formatted(bucket, s3.port(), DANGER));
    assertThat(s3.keys(bucket, "table/_delta_log/.")).isEmpty();

    write(0, "ours");
    assertThat(lines(0)).containsExactly("ours");
    assertThatThrownBy(() -> write(0, "another's")).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(lines(0)).containsExactly("ours");

    // Another driver that looked before ours was there, and writes now.
    CompletableFuture<Void> commit =
        CompletableFuture.runAsync(
            () ->
                assertThatThrownBy(() -> write(1, "ours"))
                    .isInstanceOf(FileAlreadyExistsException.class));
    while (s3.keys(bucket, "table/_delta_log/00000000000000000001").isEmpty()) {
      Thread.onSpinWait();
    }
    store.write(entry(1), List.of("another's").iterator(), true, hadoop);
    commit.get();
    assertThat(lines(1)).containsExactly("another's");
  }

  @Test
  void aStoreThatDoesNotKnowTheConditionIsFoundOut() throws IOException {
    s3.disturb(Fault.CONDITION_UNKNOWN, 1000, request -> request.startsWith("PUT "));
    assertThat(warning())
        .isEqualTo(
            "the store of 's3a://%s' at http://127.0.0.1:%d does not know If-None-Match%s"
                .formatted(bucket, s3.port(), DANGER));
    write(0, "ours");
    assertThat(lines(0)).containsExactly("ours");
  }

  @Test
  void s3proxyIsFoundOut() throws Exception {
    try (S3Proxy proxy = S3Proxy.start()) {
      proxy.configure(hadoop);
      proxy.createBucket(bucket);
      assertThat(warning())
          .isEqualTo(
              "the store of 's3a://%s' at http://127.0.0.1:%d ignores If-None-Match%s"
                  .formatted(bucket, proxy.port(), DANGER));
      write(0, "ours");
      assertThat(lines(0)).containsExactly("ours");
    }
  }

  /** As EMR's own. */
  public static final class NoWay extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("s3://emr");
    }
  }

  @Test
  void aFileSystemThatHasNoWayIsFoundOut() throws IOException {
    hadoop.setClass("fs.s3.impl", NoWay.class, FileSystem.class);
    assertThat(ConditionalPutLogStore.warning(new Path("s3://emr/table/_delta_log"), hadoop))
        .hasValue(
            NoWay.class.getName()
                + " of 's3://emr' has no conditional PUT (S3A of Hadoop 3.3 and 3.4 has one;"
                + " s3a:// addresses it)"
                + DANGER);
  }
}
