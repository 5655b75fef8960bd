package org.sparkvit.model.architecture;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), with the bias correction and the
 * place of epsilon of {@code torch.optim.AdamW}.
 *
 * @param weightDecay applied to tensors of two or more dimensions only
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) {
  /** beta 0.9 and 0.999, epsilon 1e-8. */
  public static AdamW withWeightDecay(double weightDecay) {
    return new AdamW(0.9, 0.999, 1e-8, weightDecay);
  }
}
