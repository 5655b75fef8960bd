package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

class ReportCommandTest extends SparkTest {
  @TempDir Path folder;

  @Test
  void writesAReportUnderItsName() throws IOException {
    Workspace.at(spark, folder.toString())
        .replace(
            ImagesTable.SPEC,
            spark.createDataFrame(
                List.of(
                    TableRow.image("0", "file:/nowhere.png")
                        .with(ImagesTable.LABEL, "cat")
                        .with(ImagesTable.BYTES, 0L)
                        .unusable("EMPTY", "file of 0 bytes")
                        .build()),
                ImagesTable.SPEC.schema()),
            RunRecord.start("catalog", Map.of()));
    Main.run("report", "--workspace", folder.toString(), "--name", "first", "--mistakes", "3");
    assertThat(folder.resolve("reports/first/index.html")).content().contains("file of 0 bytes");
    assertThat(folder.resolve("reports/first/run.json")).content().contains("\"mistakes\" : 3");

    Path file = folder.resolve("report.properties");
    Files.writeString(file, "as-of = images@0, 2126-11-30T08:00:00Z\n");
    Main.run("report", "-w", folder.toString(), "--name", "then", "--config", file.toString());
    assertThat(folder.resolve("reports/then/run.json"))
        .content()
        .contains("\"as-of\" : \"images@0,2126-11-30T08:00:00Z\"")
        .contains("\"images\" : \"images@0\"");
  }

  @Test
  void badOptionsStopItBeforeItReadsAnything() {
    assertThatThrownBy(
            () -> Main.run("report", "-w", folder.resolve("none").toString(), "--mistakes=-1"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--mistakes is -1");
    assertThatThrownBy(() -> Main.run("report", "-w", folder.resolve("none").toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("spark-vit catalog");
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
