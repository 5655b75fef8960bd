package org.sparkvit.training.loop;

/**
 * SGD with Nesterov momentum, as {@code torch.optim.SGD(nesterov=True)}, on the workers'
 * pseudo-gradients: weights before a round less the mean of those after it is the gradient.
 */
final class OuterOptimizer {
  private final double learningRate;
  private final double momentum;
  private final float[] velocity;

  /**
   * @param velocity from the rounds before; zeros at the beginning. It is changed in place
   */
  OuterOptimizer(double learningRate, double momentum, float[] velocity) {
    this.learningRate = learningRate;
    this.momentum = momentum;
    this.velocity = velocity;
  }

  float[] velocity() {
    return velocity;
  }

  /** Moves the weights, in place. */
  void step(float[] weights, PseudoGradients mean) {
    for (int i = 0; i < weights.length; i++) {
      double gradient = mean.mean(i);
      double moved = momentum * velocity[i] + gradient;
      velocity[i] = (float) moved;
      weights[i] = (float) (weights[i] - learningRate * (gradient + momentum * moved));
    }
  }
}
