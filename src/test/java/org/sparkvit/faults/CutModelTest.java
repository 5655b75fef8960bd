package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.ModelDirectory;

class CutModelTest extends SparkTest {
  @TempDir private Path folder;

  @Test
  void oneLineNothingPublishedAndTheWholeModelDoesIt() throws Exception {
    DrawnImages images = DrawnImages.withBroken(folder.resolve("data"), 100);
    String workspace = folder.resolve("workspace").toString();
    Scoring.catalog(workspace, images.folder());
    String undisturbed = Scoring.copy(spark, workspace, folder.resolve("undisturbed").toString());
    Path model = Scoring.smallModel(folder.resolve("model"), 1);
    Scoring.score(undisturbed, model);
    List<String> expected = Scoring.rows(spark, undisturbed);
    assertThat(expected).hasSize(100);

    for (String name :
        List.of(ModelDirectory.WEIGHTS, ModelDirectory.CONFIG, ModelDirectory.PREPROCESSOR)) {
      Path file = model.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      int end = new String(whole, StandardCharsets.ISO_8859_1).stripTrailing().length();
      for (int length : new int[] {0, 7, whole.length / 50, whole.length / 2, end - 1}) {
        Files.write(file, Arrays.copyOf(whole, length));
        assertThatThrownBy(() -> Scoring.score(workspace, model))
            .as("%s of %d bytes", name, length)
            .isInstanceOf(UserException.class)
            .hasMessageContaining(name)
            .satisfies(error -> assertThat(error.getMessage().lines()).hasSize(1));
        assertThat(Scoring.rows(spark, workspace)).isEmpty();
        assertThat(Workspace.at(spark, workspace).has(ModelsTable.SPEC)).isFalse();
      }
      Files.write(file, whole);
    }

    Scoring.score(workspace, model);
    assertThat(Scoring.rows(spark, workspace)).isEqualTo(expected);
  }
}
