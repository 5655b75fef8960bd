package org.sparkvit.model.architecture;

/** The methods of a loaded model, by their names in the texts. */
public final class Methods {
  /** Logits of pixels. */
  public static final String FORWARD = "forward";

  /** What the head reads, after the final layer norm, of pixels. */
  public static final String EMBED = "embed";

  /** The tokens before the first block, of pixels. */
  public static final String TOKENS = "tokens";

  /** With the number of a block behind it: what that block makes of tokens. */
  public static final String BLOCK = "block";

  /** What the head reads, of the last block's tokens. */
  public static final String FINISH = "finish";

  /** Logits and maps, see {@code explaining.py}. */
  public static final String EXPLAIN = "explain";

  /** The weighted sum of the images' losses. */
  public static final String LOSS = "loss";

  /** The same of what {@link #EMBED} returns. */
  public static final String HEAD_LOSS = "head_loss";

  /** Tells each branch what it is multiplied by in training, for each image. */
  public static final String DROP_PATHS = "drop_paths";

  /** One AdamW step, in place; clears the gradients. */
  public static final String UPDATE = "update";

  /** Divides gradients in place, scales them down to a norm and returns what it was. */
  public static final String CLIP = "clip";

  /** Sets tensors to 0. */
  public static final String CLEAR = "clear";

  /** Moves averages towards weights, in place. */
  public static final String AVERAGE = "average";

  /** Overwrites tensors by others. */
  public static final String COPY = "copy";

  /** Casts weights to bfloat16, for good. */
  public static final String BFLOAT16 = "cast_to_bfloat16";

  /** Puts weights into the order in which oneDNN multiplies on this machine, for good. */
  public static final String ARRANGE = "arrange";

  /** Gives activations 8 bits instead of 7, for good. */
  public static final String EIGHT_BITS = "eight_bits";

  private Methods() {}
}
