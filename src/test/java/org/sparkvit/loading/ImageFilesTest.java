package org.sparkvit.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.impl.OpenFileParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;

class ImageFilesTest extends SparkTest {
  private static final String IMPLEMENTATION = "fs.s3a.impl";

  @TempDir private Path folder;
  private static String before;

  /**
   * A platform's own file system for {@code s3a}, as Databricks has one: it knows no class of
   * hadoop-aws.
   */
  public static final class Wrapper extends RawLocalFileSystem {
    private static OpenFileParameters asked;

    @Override
    public URI getUri() {
      return URI.create("s3a://bucket");
    }

    @Override
    public String getScheme() {
      return "s3a";
    }

    @Override
    protected void checkPath(org.apache.hadoop.fs.Path path) {}

    @Override
    protected CompletableFuture<FSDataInputStream> openFileWithOptions(
        org.apache.hadoop.fs.Path path, OpenFileParameters parameters) throws IOException {
      asked = parameters;
      return super.openFileWithOptions(path, parameters);
    }

    @Override
    public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
      return super.getFileStatus(new org.apache.hadoop.fs.Path(path.toUri().getPath()));
    }
  }

  @BeforeAll
  static void wrap() {
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    before = configuration.get(IMPLEMENTATION);
    configuration.set(IMPLEMENTATION, Wrapper.class.getName());
    configuration.setBoolean(IMPLEMENTATION + ".disable.cache", true);
  }

  @AfterAll
  static void unwrap() {
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    if (before == null) {
      configuration.unset(IMPLEMENTATION);
    } else {
      configuration.set(IMPLEMENTATION, before);
    }
    configuration.unset(IMPLEMENTATION + ".disable.cache");
  }

  @Test
  void aPlatformsOwnFileSystemGetsNoClassOfS3a() throws IOException {
    Path file = Files.write(folder.resolve("a.bin"), new byte[] {1, 2, 3, 4, 5});
    byte[] read = new ImageFiles(spark).read("s3a://bucket" + file.toAbsolutePath(), 1, 3);
    assertThat(read).containsExactly(2, 3, 4);
    assertThat(Wrapper.asked.getStatus()).isNull();
    assertThat(Wrapper.asked.getOptions().get("fs.option.openfile.read.policy"))
        .isEqualTo("whole-file, sequential");
  }
}
