package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.DiskWrite;
import org.sparkvit.dataset.workspace.ModelVersions;

class DiskFullTest extends SparkTest {
  @TempDir private static Path folder;
  private static Configuration hadoop;

  @BeforeAll
  static void takeTheDisk() {
    hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.file.impl", FullDiskFileSystem.class.getName());
    hadoop.set("fs.file.impl.disable.cache", "true");
  }

  @BeforeEach
  void makeRoom() {
    FullDiskFileSystem.leave(Long.MAX_VALUE);
  }

  @AfterAll
  static void giveTheDiskBack() {
    FullDiskFileSystem.leave(Long.MAX_VALUE);
    hadoop.unset("fs.file.impl");
    hadoop.unset("fs.file.impl.disable.cache");
  }

  @Test
  void whatWasThereStaysAndARerunDoesTheRest() throws Exception {
    DrawnImages images = DrawnImages.withBroken(folder.resolve("data"), 200);
    String catalog = folder.resolve("catalog").toString();
    Scoring.catalog(catalog, images.folder());
    images.breakAfterCatalog();
    Path first = Scoring.smallModel(folder.resolve("first"), 1);
    Path second = Scoring.smallModel(folder.resolve("second"), 2);

    String undisturbed = Scoring.copy(spark, catalog, folder.resolve("undisturbed").toString());
    Scoring.score(undisturbed, first);
    List<String> former = Scoring.rows(spark, undisturbed);
    FullDiskFileSystem.leave(Long.MAX_VALUE);
    Scoring.score(undisturbed, second);
    List<String> expected = Scoring.rows(spark, undisturbed);
    long needed = Long.MAX_VALUE - FullDiskFileSystem.room();
    // A slow run writes in more chunks, which takes more room: the least of three counts.
    for (int again = 0; again < 2; again++) {
      FullDiskFileSystem.leave(Long.MAX_VALUE);
      String workspace = Scoring.copy(spark, catalog, folder.resolve("again-" + again).toString());
      Scoring.score(workspace, first);
      FullDiskFileSystem.leave(Long.MAX_VALUE);
      Scoring.score(workspace, second);
      needed = Math.min(needed, Long.MAX_VALUE - FullDiskFileSystem.room());
    }
    assertThat(former).hasSize(200);
    assertThat(expected).hasSize(400).containsAll(former);

    // Full from the start, in mid-run, near the end, and but for the last of the small files. Runs
    // write up to a thousand bytes more or less: there are names by chance and times in them.
    for (long room : new long[] {0, needed / 3, needed * 2 / 3, needed - 2_500}) {
      FullDiskFileSystem.leave(Long.MAX_VALUE);
      String workspace = Scoring.copy(spark, catalog, folder.resolve("full-" + room).toString());
      Scoring.score(workspace, first);
      FullDiskFileSystem.leave(room);
      assertThatThrownBy(() -> Scoring.score(workspace, second))
          .as("with room for %d of %d bytes", room, needed)
          .isInstanceOf(UserException.class)
          .hasMessageContaining("No space left on device")
          .hasMessageMatching(".*( \\(\\d[\\d,]* B\\): |rows were to be written to file:).*")
          .hasMessageNotContaining("\n");
      assertThat(Scoring.rows(spark, workspace)).containsAll(former).isSubsetOf(expected);

      FullDiskFileSystem.leave(Long.MAX_VALUE);
      Scoring.score(workspace, second);
      assertThat(Scoring.rows(spark, workspace)).isEqualTo(expected);
    }
  }

  @Test
  void aFileThatDoesNotFitIsNamedWithItsBytes() throws Exception {
    Path small = folder.resolve("small");
    FileSystem fs = FileSystem.get(hadoop);
    FullDiskFileSystem.leave(1_233);
    assertThatThrownBy(() -> DiskWrite.put(fs, hadoop(small.resolve("a")), new byte[1_234]))
        .isInstanceOf(IOException.class)
        .hasMessage(small.resolve("a") + " (1,234 B): No space left on device");
    FullDiskFileSystem.leave(1_233);
    assertThatThrownBy(() -> AtomicFiles.write(fs, hadoop(small.resolve("b")), "b".repeat(1_234)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/.b.")
        .hasMessageEndingWith(" (1,234 B): No space left on device");
    assertThat(small.toFile().list((in, name) -> name.contains("b"))).isEmpty();
  }

  @Test
  void aModelThatDoesNotFitIsNoVersionAndItsFileIsNamedWithItsBytes() throws Exception {
    Path model = Scoring.smallModel(folder.resolve("large"), 3);
    Path models = Files.createDirectories(folder.resolve("models"));
    ModelVersions versions = new ModelVersions(FileSystem.get(hadoop), hadoop(models));
    long bytes = Files.size(model.resolve("model.safetensors"));
    FullDiskFileSystem.leave(bytes);
    assertThatThrownBy(() -> versions.write(model, "run"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/model.safetensors ")
        .hasMessageEndingWith(
            String.format(Locale.ROOT, " (%,d B): No space left on device", bytes));
    try (Stream<Path> left = Files.walk(models)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  private static org.apache.hadoop.fs.Path hadoop(Path file) {
    return new org.apache.hadoop.fs.Path(file.toString());
  }
}
