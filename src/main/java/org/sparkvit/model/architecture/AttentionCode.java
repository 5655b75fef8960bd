package org.sparkvit.model.architecture;

import java.util.Locale;
import org.sparkvit.model.checkpoint.Family;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.Explanation;

/**
 * What an archive for explaining has besides the forward pass, as TorchScript source: attention by
 * an explicit softmax, which the fused product does not give out, and the maps made of it.
 */
public final class AttentionCode {
  /** Method: logits and maps of a batch, see {@link Explanation}. */
  public static final String EXPLAIN = "explain";

  /** Declares the list that each block adds its attention to. */
  static final String PARAMETER = ", attentions: List[Tensor]";

  /** Passes it on. */
  static final String ARGUMENT = ", attentions";

  /** Of a block: keeps an attention and returns it. */
  static final String KEEP =
      """
      def keep(self, attention: Tensor, attentions: List[Tensor]) -> Tensor:
        _ = torch.append(attentions, attention)
        return attention
      """;

  private AttentionCode() {}

  /** What the values are weighted by, as of queries q, keys k and values v. */
  static String attention(ViTConfig config) {
    return String.format(
        Locale.ROOT,
        "torch.matmul((self).keep(torch.softmax(torch.mul(torch.matmul(q, torch.transpose(k, -2,"
            + " -1)), %s), -1), attentions), v)",
        1 / Math.sqrt((double) config.hiddenSize() / config.heads()));
  }

  /** Cuts the graph of the backward pass off below some tokens. */
  static String leaf(String tokens) {
    return "torch.requires_grad_(torch.detach(" + tokens + "))";
  }

  /**
   * The methods of the model. The last block may have rows for the first tokens only, and nobody
   * asks for more than those of the tokens that a head reads.
   */
  static String methods(Family family) {
    return String.format(
            Locale.ROOT,
            """
            def explain(self, pixels: Tensor) -> List[Tensor]:
              attentions = annotate(List[Tensor], [])
              logits = (self).head((self).embed(pixels, attentions))
              chosen = torch.sum(torch.amax(logits, [1]))
              gradients = torch.autograd.grad([chosen], attentions)
              own = torch.eye(torch.size(attentions[0], 3), dtype=6, layout=None, device=ops.prim.device(logits))
              rollout = torch.expand(own, [torch.size(pixels, 0), -1, -1])
              relevance = rollout
              heads = annotate(List[Tensor], [])
              for i in range(torch.len(attentions)):
                attention = torch.detach(attentions[i])
                gradient = unchecked_cast(Tensor, gradients[i])
                rows = torch.size(attention, 2)
                _ = torch.append(heads, torch.mean(torch.slice(attention, 2, 0, %1$d), [2]))
                mixed = torch.add(torch.mean(attention, [1]), torch.slice(own, 0, 0, rows))
                mixed0 = torch.div(mixed, torch.sum(mixed, [-1], True))
                rollout = torch.bmm(mixed0, rollout)
                weighted = torch.mean(torch.relu(torch.mul(gradient, attention)), [1])
                relevance = torch.add(torch.slice(relevance, 1, 0, rows), torch.bmm(weighted, relevance))
              return [torch.detach(logits), torch.stack(heads, 1), torch.mean(torch.slice(rollout, 1, 0, %1$d), [1]), torch.mean(torch.slice(relevance, 1, 0, %1$d), [1])]
            """,
            family.heads().size())
        .indent(2);
  }
}
