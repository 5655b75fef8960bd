package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.write;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.RetryingImageReader;

class FileReaderTest extends SparkTest {
  @TempDir private Path temp;

  /** A disk on which opening a file fails as often as the file's name says. */
  public static final class FlakyFileSystem extends RawLocalFileSystem {
    private static final Map<String, Integer> OPENED = new ConcurrentHashMap<>();

    @Override
    public URI getUri() {
      return URI.create("flaky:///");
    }

    @Override
    public String getScheme() {
      return "flaky";
    }

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize)
        throws IOException {
      if (path.getName().startsWith("denied")) {
        throw new FileNotFoundException("Permission denied");
      }
      int failures = Integer.parseInt(path.getName().replaceAll("\\D", ""));
      if (OPENED.merge(path.toString(), 1, Integer::sum) <= failures) {
        throw new IOException("connection reset\nand a second line");
      }
      return super.open(path, bufferSize);
    }
  }

  @BeforeAll
  static void register() {
    spark
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.flaky.impl", FlakyFileSystem.class.getName());
  }

  private FileReader.Content read(Path file, Long bytes, long limit) {
    Row listed = Listing.file("n", "flaky:" + file, "a", null, 0, bytes, 0L);
    RetryingImageReader reader =
        new RetryingImageReader(new ImageFiles(spark), Duration.ofMillis(2));
    return new FileReader(reader, limit).read(listed);
  }

  @Test
  void aDroppedConnectionIsTriedAgain() throws IOException {
    byte[] content = image("jpg", 1);
    FileReader.Content read = read(write(temp, "7.jpg", content), (long) content.length, 1 << 20);
    assertThat(read.content()).isEqualTo(content);
    assertThat(read.status()).isNull();
  }

  @Test
  void whatStaysUnreadableIsARow() throws IOException {
    byte[] content = image("jpg", 1);
    FileReader.Content read = read(write(temp, "8.jpg", content), (long) content.length, 1 << 20);
    assertThat(read.content()).isNull();
    assertThat(read.status()).isEqualTo(ImageStatus.DECODE_ERROR);
    assertThat(read.reason()).isEqualTo("cannot be read: connection reset");
    assertThat(read.bytes()).isEqualTo(content.length);
  }

  @Test
  void whatHasGoneSinceItWasListedIsMissing() {
    FileReader.Content read = read(temp.resolve("0.jpg"), 10L, 1 << 20);
    assertThat(read.status()).isEqualTo(ImageStatus.MISSING);
    assertThat(read.bytes()).isEqualTo(-1);
  }

  @Test
  void whatMayNotBeReadIsNotMissing() throws IOException {
    // The local file system throws FileNotFoundException for this, as for what is not there.
    Path file = write(temp, "denied.jpg", image("jpg", 1));
    FileReader.Content read = read(file, Files.size(file), 1 << 20);
    assertThat(read.status()).isEqualTo(ImageStatus.DECODE_ERROR);
    assertThat(read.reason()).isEqualTo("cannot be read: Permission denied");
    assertThat(read.bytes()).isEqualTo(Files.size(file));
  }

  @Test
  void largeFilesAreNotRead() throws IOException {
    Path file = write(temp, "99.jpg", image("jpg", 1));
    for (Long bytes : new Long[] {Files.size(file), null}) {
      FileReader.Content read = read(file, bytes, 100);
      assertThat(read.status()).isEqualTo(ImageStatus.TOO_LARGE);
      assertThat(read.reason()).contains(Files.size(file) + " bytes").contains("limit of 100");
    }
  }

  @Test
  void aFolderInAManifestIsNoImage() throws IOException {
    assertThat(read(Files.createDirectories(temp.resolve("0")), null, 100).status())
        .isEqualTo(ImageStatus.UNSUPPORTED);
  }
}
