package org.sparkvit.model.architecture;

import java.util.Locale;

/** What an archive for training has besides the forward pass, as TorchScript source. */
public final class TrainingCode {
  /** Method: the weighted sum of the images' losses. */
  public static final String LOSS = "loss";

  /** Method: the same from what {@link ViTCode#EMBED} returns. */
  public static final String HEAD_LOSS = "head_loss";

  /** Method: one AdamW step, in place; clears the gradients. */
  public static final String UPDATE = "update";

  /** Method: divides gradients in place, scales them down to a norm and returns what it was. */
  public static final String CLIP = "clip";

  /** Method: sets tensors to 0. */
  public static final String CLEAR = "clear";

  /** Method: moves averages towards weights, in place. */
  public static final String AVERAGE = "average";

  /** Method: overwrites tensors by others. */
  public static final String COPY = "copy";

  /** Of a block: multiplies what a branch gives for each image by 0, or by 1 / (1 - rate). */
  static final String DROP_PATH =
      """
      def drop_path(self, branch: Tensor, path: Optional[Tensor], row: int) -> Tensor:
        if torch.__is__(path, None):
          kept = branch
        else:
          factors = unchecked_cast(Tensor, path)
          kept = torch.mul(branch, torch.reshape(torch.select(factors, 0, row), [-1, 1, 1]))
        return kept
      """;

  private static final String STEPS =
      """
      def clip(self, grads: List[Tensor], max_norm: float, scale: float) -> Tensor:
        norm = torch.div(torch.norm(torch.stack(torch._foreach_norm(grads))), scale)
        factor = torch.clamp(torch.div(max_norm, torch.add(norm, 9.9999999999999995e-07)), None, 1.)
        torch._foreach_mul_(grads, torch.div(factor, scale))
        return norm
      def update(self, params: List[Tensor], grads: List[Tensor], averages: List[Tensor], squares: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, decay: float, eps: float) -> Tensor:
        none = annotate(List[Tensor], [])
        torch._fused_adamw_(params, grads, averages, squares, none, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
        torch._foreach_zero_(grads)
        return steps[0]
      def clear(self, tensors: List[Tensor]) -> Tensor:
        torch._foreach_zero_(tensors)
        return tensors[0]
      def average(self, averages: List[Tensor], values: List[Tensor], share: float) -> Tensor:
        torch._foreach_lerp_(averages, values, share)
        return averages[0]
      def copy(self, targets: List[Tensor], sources: List[Tensor]) -> Tensor:
        torch._foreach_copy_(targets, sources)
        return targets[0]
      """;

  private TrainingCode() {}

  static String methods(TrainingOptions options) {
    return String.format(
            Locale.ROOT,
            """
            def loss(self, pixels: Tensor, targets: Tensor, weights: Tensor%s) -> Tensor:
              return (self).head_loss((self).embed(pixels%s), targets, weights)
            def head_loss(self, e: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
              logits = (self).head(e)
              losses = %s
              return torch.sum(torch.mul(losses, weights))
            %s\
            """,
            options.dropPath() > 0 ? ", path: Tensor" : "",
            options.dropPath() > 0 ? ", path" : "",
            options.loss().source(),
            STEPS)
        .indent(2);
  }
}
