package org.sparkvit.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;

@SuppressWarnings(
    "StaticAssignmentOfThrowable") // how the failing file system is told what to throw
class RetryingImageReaderTest extends SparkTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path temp;
  private Path file;

  /** A disk that is out of order for the first times that something is asked of it. */
  public static final class OutageFileSystem extends RawLocalFileSystem {
    static final AtomicInteger OPENED = new AtomicInteger();
    static volatile int failures;
    static volatile Supplier<IOException> failure;
    static volatile boolean statusFails;

    @Override
    public URI getUri() {
      return URI.create("outage:///");
    }

    @Override
    public String getScheme() {
      return "outage";
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
        throws IOException {
      if (OPENED.incrementAndGet() <= failures) {
        throw failure.get();
      }
      return super.open(path, bufferSize);
    }

    @Override
    public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
      if (statusFails) {
        throw new IOException("503 Slow Down");
      }
      return super.getFileStatus(path);
    }
  }

  @BeforeAll
  static void register() {
    spark
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.outage.impl", OutageFileSystem.class.getName());
  }

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.write(temp.resolve("image.png"), CONTENT);
    fail(0, IOException::new);
    OutageFileSystem.statusFails = false;
  }

  private static void fail(int times, Supplier<IOException> failure) {
    OutageFileSystem.OPENED.set(0);
    OutageFileSystem.failures = times;
    OutageFileSystem.failure = failure;
  }

  private byte[] read(int bytes) throws IOException {
    return new RetryingImageReader(new ImageFiles(spark), Duration.ofMillis(2))
        .read("outage:" + file, 0, bytes);
  }

  @Test
  void anOutageThatEndsIsWaitedFor() throws IOException {
    List<Supplier<IOException>> failures =
        List.of(
            () -> new IOException("503 Slow Down"),
            () -> new SocketTimeoutException("read timed out"),
            // As S3A says of a connection that was cut, and a local disk of too many open files.
            () -> new EOFException("Data read has a different length than the expected"),
            () -> new FileNotFoundException("Too many open files"));
    for (Supplier<IOException> failure : failures) {
      fail(7, failure);
      assertThat(read(CONTENT.length)).isEqualTo(CONTENT);
      assertThat(OutageFileSystem.OPENED).hasValue(8);
    }
  }

  @Test
  void anOutageThatStaysFailsTheTask() {
    fail(100, () -> new IOException("503 Slow Down\nand a second line"));
    assertThatThrownBy(() -> read(CONTENT.length))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'outage:" + file + "' could not be read in 8 attempts")
        .hasMessageContaining("(503 Slow Down)")
        .hasMessageNotContaining("second line");
    assertThat(OutageFileSystem.OPENED).hasValue(8);
  }

  @Test
  void whatIsGoneOrShorterIsAFactAtOnce() throws IOException {
    assertThatThrownBy(() -> read(CONTENT.length + 1)).isInstanceOf(EOFException.class);
    assertThat(OutageFileSystem.OPENED).hasValue(1);
    Files.delete(file);
    assertThatThrownBy(() -> read(CONTENT.length)).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void aRefusalIsNotWaitedFor() {
    List<Supplier<IOException>> refusals =
        List.of(
            () -> new AccessDeniedException("403 Forbidden"),
            () -> new AccessControlException("user=x, access=READ"),
            () -> new FileNotFoundException("image.png (Permission denied)"));
    for (Supplier<IOException> refusal : refusals) {
      fail(100, refusal);
      assertThatThrownBy(() -> read(CONTENT.length))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("in 1 attempts");
      assertThat(OutageFileSystem.OPENED).hasValue(1);
    }
  }

  @Test
  void ofAPathAloneTheStatusIsWaitedForToo() throws IOException {
    RetryingImageReader reader =
        new RetryingImageReader(new ImageFiles(spark), Duration.ofMillis(2));
    assertThat(reader.status("outage:" + file).getLen()).isEqualTo(CONTENT.length);
    assertThatThrownBy(() -> reader.status("outage:" + file + ".gone"))
        .isInstanceOf(FileNotFoundException.class);
    assertThatThrownBy(() -> reader.status("nosuch://bucket/image.png"))
        .isInstanceOf(IllegalArgumentException.class);
    OutageFileSystem.statusFails = true;
    assertThatThrownBy(() -> reader.status("outage:" + file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("8 attempts");
  }

  @Test
  void noFactWithoutASecondAnswer() {
    fail(100, () -> new FileNotFoundException("in the middle of an outage"));
    OutageFileSystem.statusFails = true;
    assertThatThrownBy(() -> read(CONTENT.length)).isInstanceOf(UserException.class);
    assertThat(OutageFileSystem.OPENED).hasValue(8);
  }

  @Test
  void aTaskThatIsKilledDoesNotWait() {
    fail(100, () -> new IOException("503 Slow Down"));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> read(CONTENT.length)).isInstanceOf(UserException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(OutageFileSystem.OPENED.get()).isLessThan(8);
  }
}
