package org.sparkvit.model.architecture;

/** The names of the methods of a loaded model, as the texts define them. */
public final class Methods {
  /** Takes pixels and returns logits. */
  public static final String FORWARD = "forward";

  /** Takes pixels and returns the input of the head, after the final layer norm. */
  public static final String EMBED = "embed";

  /** Takes pixels and returns the tokens before the first block. */
  public static final String TOKENS = "tokens";

  /**
   * The prefix of the methods of blocks, which the number of the block follows. They take tokens
   * and return the block's output.
   */
  public static final String BLOCK = "block";

  /** Takes the last block's tokens and returns the input of the head. */
  public static final String FINISH = "finish";

  /** Takes pixels and returns logits and maps, see {@code explaining.py}. */
  public static final String EXPLAIN = "explain";

  /** Returns the weighted sum of the images' losses. */
  public static final String LOSS = "loss";

  /** Returns the same as {@link #LOSS}, but takes the output of {@link #EMBED}. */
  public static final String HEAD_LOSS = "head_loss";

  /** Sets the factors by which each branch is multiplied in training, one for each image. */
  public static final String DROP_PATHS = "drop_paths";

  /** Does one AdamW step in place and clears the gradients. */
  public static final String UPDATE = "update";

  /**
   * Divides gradients by the loss scale in place and scales them down to a norm. Returns the norm
   * before it is scaled down.
   */
  public static final String CLIP = "clip";

  /** Sets tensors to 0. */
  public static final String CLEAR = "clear";

  /** Moves averages towards weights in place. */
  public static final String AVERAGE = "average";

  /** Overwrites tensors with others. */
  public static final String COPY = "copy";

  /** Casts weights to bfloat16, which cannot be undone. */
  public static final String BFLOAT16 = "cast_to_bfloat16";

  /** Puts weights into oneDNN's order for products on this machine, which cannot be undone. */
  public static final String ARRANGE = "arrange";

  /** Gives activations 8 bits instead of 7, which cannot be undone. */
  public static final String EIGHT_BITS = "eight_bits";

  private Methods() {}
}
