package org.sparkvit.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.image.augment.AugmentStep;
import org.sparkvit.image.augment.AugmentSteps;
import org.sparkvit.image.augment.Mixing;
import org.sparkvit.training.recipe.Augmentation;
import org.sparkvit.training.recipe.CropPadding;

class BatchTransformTest {
  private static final Labels LABELS = new Labels(List.of("cold", "warm", "wet"));

  private final List<Example> examples =
      IntStream.range(0, 300)
          .mapToObj(i -> new Example("image-" + i, i % 3, 1 + i % 3, 1, i))
          .toList();

  private static Augmentation mixing(Map<String, AugmentSteps> forbidden) {
    return new Augmentation(
        new CropPadding(0), 0, true, false, 0, 0, 0, 0, new Mixing(1, 1, 0.8), forbidden);
  }

  @Test
  void whatAClassForbidsIsNeverDoneToItNorWithIt() {
    BatchTransform batchTransform =
        BatchTransform.of(mixing(Map.of("warm", AugmentSteps.parse("mixup+flip"))), 8, LABELS);
    assertThat(batchTransform.augments().get(0).horizontalFlip()).isTrue();
    assertThat(batchTransform.augments().get(1).horizontalFlip()).isFalse();
    Map<AugmentStep, Integer> counts = new EnumMap<>(AugmentStep.class);
    for (Example example : examples) {
      BatchTransform.MixedSample mixedSample =
          batchTransform.mixed(new EpochSample(example, 0, 0), examples, 3, 1);
      if (mixedSample.mix() != null) {
        counts.merge(mixedSample.mix().step(), 1, Integer::sum);
        if (mixedSample.mix().step() == AugmentStep.MIXUP) {
          assertThat(example.label()).isNotEqualTo(1);
          assertThat(mixedSample.partner().label()).isNotEqualTo(1);
        }
      }
    }
    assertThat(counts.get(AugmentStep.CUTMIX)).isGreaterThan(80);
    assertThat(counts.get(AugmentStep.MIXUP)).isBetween(25, 80);
    assertThatThrownBy(
            () -> BatchTransform.of(mixing(Map.of("hot", AugmentSteps.parse("flip"))), 8, LABELS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the class 'hot'");
  }

  @Test
  void anImageIsMixedTheSameWayInAnyBatch() {
    BatchTransform batchTransform = BatchTransform.of(mixing(Map.of()), 8, LABELS);
    boolean differs = false;
    for (Example example : examples) {
      BatchTransform.MixedSample mixedSample =
          batchTransform.mixed(new EpochSample(example, 0, 99), examples, 3, 1);
      BatchTransform.MixedSample again =
          batchTransform.mixed(new EpochSample(example, 0, 5), examples, 3, 1);
      assertThat(again.mix()).isEqualTo(mixedSample.mix());
      assertThat(again.partner()).isEqualTo(mixedSample.partner());
      BatchTransform.MixedSample later =
          batchTransform.mixed(new EpochSample(example, 0, 5), examples, 3, 2);
      differs |= mixedSample.mix() != null && !mixedSample.mix().equals(later.mix());
    }
    assertThat(differs).isTrue();
  }

  @Test
  void labelsAndWeightsAreSharedOut() {
    // A quarter of an image that counts 1, three quarters of one that counts 3.
    Mixing.Mix mix = new Mixing.Mix(AugmentStep.MIXUP, 0.25, 0, 0, 0, 0);
    BatchTransform.MixedSample mixedSample =
        new BatchTransform.MixedSample(
            new EpochSample(examples.get(0), 0, 0), examples.get(2), mix);
    assertThat(mixedSample.weight()).isCloseTo(0.25 + 0.75 * 3, within(1e-12));
    float[] rows = new float[6];
    mixedSample.addTo(new Targets(3, 0), rows, 1);
    // weight x target is each label's own share times its own weight.
    assertThat(rows).containsExactly(new float[] {0, 0, 0, 0.1f, 0, 0.9f}, within(1e-6f));
    float[] smooth = new float[3];
    mixedSample.addTo(new Targets(3, 0.3), smooth, 0);
    assertThat(smooth).containsExactly(new float[] {0.17f, 0.1f, 0.73f}, within(1e-6f));
  }
}
