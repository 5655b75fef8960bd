package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.RunRecord;

class ModelNameTest {
  private static final String RUN = "20261101T080000000Z-0a1b2c3d";

  @ParameterizedTest
  @CsvSource({
    "s3a://b/w/models/vit/versions/" + RUN + ", vit@" + RUN,
    "file:/w/models/vit/versions/" + RUN + "/, vit@" + RUN,
    "vit/versions/" + RUN + ", vit@" + RUN,
    "file:/w/models/vit, vit",
    "file:/w/models/vit/, vit",
    "vit, vit",
    "/w/models/vit/versions, versions",
    "/checkpoints/versions/mine, mine",
    "/versions/" + RUN + ", " + RUN
  })
  void whereItIsSaysWhatItIsCalled(String location, String name) {
    assertThat(ModelName.at(location)).hasToString(name);
  }

  @Test
  void aRunOfAModelIsWrittenBehindItsName() {
    ModelName version = ModelName.at("/w/models/vit/versions/" + RUN);
    assertThat(ModelName.of("vit@" + RUN)).isEqualTo(version);
    assertThat(ModelName.of("vit@x").version()).isEmpty();
  }

  @Test
  void runsAreCalledAsVersionsAre() {
    assertThat(ModelName.isVersion(RunRecord.start("train", Map.of()).runId())).isTrue();
  }
}
