package org.sparkvit.training.loop;

/**
 * SGD with Nesterov momentum, as {@code torch.optim.SGD(nesterov=True)}. The gradient is the mean
 * of the workers' pseudo-gradients: the weights before a round less the mean of the weights after
 * it.
 */
final class OuterOptimizer {
  private final double learningRate;
  private final double momentum;
  private final float[] velocity;

  /**
   * Creates an optimizer.
   *
   * @param velocity the momentum buffer of the rounds before, zeros at the beginning; it is changed
   *     in place
   */
  OuterOptimizer(double learningRate, double momentum, float[] velocity) {
    this.learningRate = learningRate;
    this.momentum = momentum;
    this.velocity = velocity;
  }

  float[] velocity() {
    return velocity;
  }

  /** Updates the weights in place. */
  void step(float[] weights, PseudoGradients mean) {
    for (int i = 0; i < weights.length; i++) {
      double gradient = mean.mean(i);
      double moved = momentum * velocity[i] + gradient;
      velocity[i] = (float) moved;
      weights[i] = (float) (weights[i] - learningRate * (gradient + momentum * moved));
    }
  }
}
