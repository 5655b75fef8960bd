package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.cli.Main;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * A run of many chunks is whole, and says how long the first and the last of them took: what a
 * chunk costs besides the model should not grow with those before.
 */
@Tag("slow")
class ChunkTimesTest extends SparkTest {
  private static final int CHUNKS = 200;
  private static final int IMAGES = 10 * CHUNKS;

  /** So many chunks make a mean: one by one they differ with what else the machine does. */
  private static final int SOME = 40;

  @TempDir private Path folder;

  private static double mean(List<Long> times) {
    return times.stream().mapToLong(Long::longValue).average().orElseThrow();
  }

  @Test
  void manyChunksAreWholeAndTheirTimesAreSaid() throws IOException {
    Path images = DrawnImages.sound(folder.resolve("images"), IMAGES).folder();
    Path model = Scoring.smallModel(folder.resolve("vit"), 1);
    String workspace = folder.resolve("workspace").toString();
    Scoring.catalog(workspace, images.toString());
    Main.main(
        new String[] {
          "score",
          "-w",
          workspace,
          "--model",
          model.toString(),
          "--device",
          "cpu",
          "--precision",
          "fp32",
          "--chunk-images",
          Integer.toString(IMAGES / CHUNKS)
        });
    List<Instant> commits = new ArrayList<>();
    Workspace.at(spark, workspace).history(PredictionsTable.SPEC).stream()
        .filter(version -> !version.commit().isRewrite())
        .forEach(version -> commits.add(0, version.time()));
    // Ranges of ids are a little larger than asked for.
    assertThat(commits).hasSizeGreaterThan(CHUNKS / 2);
    List<Long> times = new ArrayList<>();
    for (int i = 1; i < commits.size(); i++) {
      times.add(Duration.between(commits.get(i - 1), commits.get(i)).toMillis());
    }
    double first = mean(times.subList(0, SOME));
    double last = mean(times.subList(times.size() - SOME, times.size()));
    System.out.printf(
        Locale.ROOT,
        "%d chunks: the first %d took %.0f ms each, the last %.0f ms, %.2f times as long%n",
        commits.size(),
        SOME,
        first,
        last,
        last / first);
    assertThat(Workspace.at(spark, workspace).rows(PredictionsTable.SPEC)).isEqualTo(IMAGES);
  }
}
