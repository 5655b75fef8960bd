package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;

class DiskFullTest extends SparkTest {
  @TempDir private static Path folder;
  private static Configuration hadoop;

  @BeforeAll
  static void takeTheDisk() {
    hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.file.impl", FullDiskFileSystem.class.getName());
    hadoop.set("fs.file.impl.disable.cache", "true");
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
    long needed = Long.MAX_VALUE - FullDiskFileSystem.room();
    List<String> expected = Scoring.rows(spark, undisturbed);
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
          .hasStackTraceContaining("No space left on device");
      assertThat(Scoring.rows(spark, workspace)).containsAll(former).isSubsetOf(expected);

      FullDiskFileSystem.leave(Long.MAX_VALUE);
      Scoring.score(workspace, second);
      assertThat(Scoring.rows(spark, workspace)).isEqualTo(expected);
    }
  }
}
