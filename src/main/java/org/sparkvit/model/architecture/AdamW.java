package org.sparkvit.model.architecture;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019). The bias correction and the place
 * of epsilon are those of {@code torch.optim.AdamW}.
 *
 * @param weightDecay the weight decay, which applies to tensors of two or more dimensions only
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay) {
  /** Returns the settings with beta 0.9 and 0.999 and epsilon 1e-8. */
  public static AdamW withWeightDecay(double weightDecay) {
    return new AdamW(0.9, 0.999, 1e-8, weightDecay);
  }
}
