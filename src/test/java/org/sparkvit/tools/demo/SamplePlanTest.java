package org.sparkvit.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.StableHash;

class SamplePlanTest {
  @ParameterizedTest
  @ValueSource(ints = {100, 137, 1000, 3000})
  void aTenthIsSensitiveAndKindsHaveTheirShares(int images) {
    List<SampleFile> samples = SamplePlan.of(SampleRecipe.usual(images, 3));
    assertThat(samples).hasSize(images);
    int sensitive = Math.round(images / 10f);
    assertThat(samples.stream().filter(s -> s.kind().sensitive()).count()).isEqualTo(sensitive);
    Map<Kind, Integer> drawings = new HashMap<>();
    int[] total = new int[2];
    for (SampleFile s : samples) {
      if (s.index() == s.drawing()) {
        drawings.merge(s.kind(), 1, Integer::sum);
        total[s.kind().sensitive() ? 1 : 0]++;
      }
    }
    for (Kind kind : Kind.values()) {
      double quota = total[kind.sensitive() ? 1 : 0] * kind.share() / 100.0;
      assertThat(drawings.get(kind)).as(kind.id()).isBetween((int) quota, (int) quota + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.25, 0.5})
  void asManyAreSensitiveAsTheRecipeSays(double share) {
    assertThat(SamplePlan.of(new SampleRecipe(2000, share, 7, OptionalDouble.empty())))
        .hasSize(2000)
        .filteredOn(s -> s.kind().sensitive())
        .hasSize((int) Math.round(2000 * share));
  }

  /** The published figures are of these files. */
  @Test
  void theTwelveThousandFilesOfTheUsualRecipeStayAsTheyAre() {
    String files = SamplePlan.of(SampleRecipe.usual(12_000, 7)).toString();
    assertThat(StableHash.sha256(files.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("c6e4c61b61381c8203c40d4aa75cace6c5ccce61abb7ae8a4333297fb18fe6d0");
  }

  @Test
  void defectsHaveTheirShares() {
    List<SampleFile> samples = SamplePlan.of(SampleRecipe.usual(3000, 42));
    Map<Defect, Integer> counts = new HashMap<>();
    for (SampleFile s : samples) {
      counts.merge(s.defect() == null ? Defect.FLIPPED_LABEL : s.defect(), 0, Integer::sum);
      if (s.defect() != null) {
        counts.merge(s.defect(), 1, Integer::sum);
      }
    }
    assertThat(counts).containsOnlyKeys(Defect.values());
    assertThat(counts.get(Defect.EXACT_COPY)).isEqualTo(30);
    assertThat(
            counts.get(Defect.REENCODED) + counts.get(Defect.RESIZED) + counts.get(Defect.CROPPED))
        .isEqualTo(60);
    long sensitiveFlipped =
        samples.stream()
            .filter(s -> s.defect() == Defect.FLIPPED_LABEL && s.kind().sensitive())
            .peek(s -> assertThat(s.givenLabel()).isEqualTo("ordinary"))
            .count();
    assertThat(sensitiveFlipped).isEqualTo(6);
    assertThat(counts.get(Defect.FLIPPED_LABEL)).isEqualTo(9);
    for (SampleFile s : samples) {
      boolean flipped = s.defect() == Defect.FLIPPED_LABEL;
      assertThat(s.givenLabel().equals(s.trueLabel())).isEqualTo(!flipped);
    }
  }

  @Test
  void aShareOfWrongLabelsIsPlantedInBothClasses() {
    for (double share : new double[] {0, 0.05, 0.4}) {
      List<SampleFile> samples =
          SamplePlan.of(new SampleRecipe(1000, 0.1, 5, OptionalDouble.of(share)));
      for (boolean sensitive : new boolean[] {true, false}) {
        assertThat(
                samples.stream()
                    .filter(s -> s.kind().sensitive() == sensitive)
                    .filter(s -> !s.givenLabel().equals(s.trueLabel())))
            .hasSize((int) Math.round(share * (sensitive ? 100 : 900)));
      }
    }
  }

  @Test
  void aCopyTellsTheSameAsItsOriginal() {
    List<SampleFile> samples = SamplePlan.of(SampleRecipe.usual(1000, 8));
    int copies = 0;
    for (SampleFile s : samples) {
      if (s.index() == s.drawing()) {
        continue;
      }
      SampleFile original = samples.get(s.drawing());
      assertThat(original.defect()).isNull();
      assertThat(s.kind()).isEqualTo(original.kind());
      assertThat(s.source()).isEqualTo(original.source());
      assertThat(s.region()).isEqualTo(original.region());
      assertThat(s.licence()).isEqualTo(original.licence());
      assertThat(s.group()).isEqualTo(original.group());
      if (s.defect() == Defect.EXACT_COPY) {
        assertThat(s.png()).isEqualTo(original.png());
      }
      copies++;
    }
    assertThat(copies).isEqualTo(30);
  }
}
