package org.sparkvit.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OuterOptimizerTest {
  private static final double UNIT = PseudoGradients.unit(1, 4);

  private static PseudoGradients.WorkerFigures figures(int worker) {
    return new PseudoGradients.WorkerFigures(worker, 1, 8, 8, 4, 1, 0);
  }

  private static PseudoGradients moved(float... by) {
    return PseudoGradients.of(by, new float[by.length], UNIT, 4, figures(0));
  }

  @Test
  void stepsAreThoseOfTorchsNesterovSgd() {
    float[] weights = {1, -2, 0.5f};
    OuterOptimizer outer = new OuterOptimizer(0.7, 0.9, new float[3]);
    outer.step(weights, moved(0.1f, -0.2f, 0.05f));
    assertThat(weights).containsExactly(new float[] {0.867f, -1.734f, 0.4335f}, within(1e-6f));
    outer.step(weights, moved(0.3f, 0, -0.1f));
    assertThat(weights).containsExactly(STEP_2, within(1e-6f));
    outer.step(weights, moved(-0.2f, 0.4f, 0));
    assertThat(weights).containsExactly(STEP_3, within(1e-6f));
  }

  // torch 2.13, torch.optim.SGD(lr=0.7, momentum=0.9, nesterov=True) on the same gradients
  private static final float[] STEP_2 = {0.4113f, -1.6206f, 0.53815f};
  private static final float[] STEP_3 = {0.45617f, -2.05054f, 0.569335f};

  @Test
  void aSumOfMovesDoesNotDependOnTheOrder() {
    Random random = new Random(3);
    float[] before = floats(random, 1000);
    List<float[]> after = new ArrayList<>();
    for (int worker = 0; worker < 4; worker++) {
      after.add(floats(random, 1000));
    }
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3));
    float[] first = null;
    for (int turn = 0; turn < 10; turn++) {
      Collections.shuffle(order, random);
      PseudoGradients sum = new PseudoGradients();
      for (int worker : order) {
        sum =
            new PseudoGradients()
                .add(PseudoGradients.of(before, after.get(worker), UNIT, 4, figures(worker)))
                .add(sum);
      }
      float[] weights = before.clone();
      new OuterOptimizer(1, 0, new float[1000]).step(weights, sum);
      if (first == null) {
        first = weights;
        for (int i = 0; i < 1000; i++) {
          double mean = 0;
          for (float[] one : after) {
            mean += one[i] / 4.0;
          }
          assertThat(weights[i]).isCloseTo((float) mean, within(1e-6f));
        }
      }
      assertThat(weights).isEqualTo(first);
      assertThat(sum.figures().stream().map(PseudoGradients.WorkerFigures::worker))
          .containsExactly(0, 1, 2, 3);
    }
  }

  private static float[] floats(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat() / 2;
    }
    return values;
  }

  @Test
  void aMoveOutOfRangeIsRefused() {
    assertThatThrownBy(() -> moved(1.1f))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("further than AdamW can move it");
    assertThatThrownBy(() -> moved(Float.NaN)).isInstanceOf(IllegalStateException.class);
  }
}
