package org.sparkvit.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;

class ModelOutputTest extends SparkTest {
  @TempDir Path folder;

  private Path model(String version) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(version));
    for (String name : List.of("config.json", "model.safetensors", "training.json")) {
      Files.writeString(directory.resolve(name), version);
    }
    return directory;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      // Hadoop's checksum files are its own affair.
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  private void publishAndReplace(String uri, Path models) throws IOException {
    ModelOutput.at(spark, uri, false).publish(model("one"));
    assertThat(names(models.resolve("m")))
        .containsExactly("config.json", "model.safetensors", "training.json");
    assertThatThrownBy(() -> ModelOutput.at(spark, uri, false))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exists already")
        .hasMessageContaining("--overwrite");
    ModelOutput.at(spark, uri, true).publish(model("two"));
    assertThat(models.resolve("m/model.safetensors")).hasContent("two");
    assertThat(names(models)).containsExactly("m");
  }

  @Test
  void renamesTheFolderWhereThatIsOneStep() throws IOException {
    Path models = folder.resolve("models");
    publishAndReplace(models.resolve("m").toUri().toString(), models);
  }

  @Test
  void movesFilesOneByOneElsewhere() throws IOException {
    spark
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.objects.impl", LikeAnObjectStore.class.getName());
    Path models = folder.resolve("models");
    publishAndReplace("objects://" + models.resolve("m"), models);
    assertThat(LikeAnObjectStore.lastRenamed).isEqualTo("config.json");
  }

  /** A local disk that does not say so, and notes the order of renames. */
  public static final class LikeAnObjectStore extends RawLocalFileSystem {
    private static String lastRenamed;

    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("objects:///");
    }

    @Override
    public String getScheme() {
      return "objects";
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      assertThat(from.getName()).isEqualTo(to.getName());
      lastRenamed = to.getName();
      return super.rename(from, to);
    }
  }
}
