package org.sparkvit.training.recipe;

import java.io.Serializable;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;

/**
 * The lower part of the model that is not trained.
 *
 * @param what {@code none}, {@code embeddings}, a number of blocks (with the embeddings below
 *     them), or {@code backbone} for everything but the head
 * @param unfreezeEvery the number of epochs after which each time the topmost frozen block is
 *     trained as well (gradual unfreezing, Howard and Ruder 2018); 0 for never
 */
public record Freezing(
    @Option(
            name = "freeze",
            label = "none|embeddings|N|backbone",
            standard = "none",
            help =
                "What stays as it is: nothing, the embeddings, also the first N blocks, or all but"
                    + " the head.")
        String what,
    @Option(
            label = "EPOCHS",
            standard = "0",
            least = 0,
            advanced = true,
            help =
                "After so many epochs each, train the topmost frozen block as well; 0 for never.")
        int unfreezeEvery)
    implements Serializable {
  /** The setting that trains all parts. */
  public static final Freezing NONE = new Freezing("none", 0);

  /** Checks what the ranges of the options cannot. */
  public Freezing {
    UserException.require(
        what.matches("none|embeddings|backbone|[1-9]\\d{0,3}"),
        "--freeze",
        what,
        "none, embeddings, a number of blocks, or backbone");
    if (unfreezeEvery > 0 && what.equals("none")) {
      throw new UserException(
          "--unfreeze-every is " + unfreezeEvery + ", but nothing is frozen; name it by --freeze");
    }
  }

  /**
   * Returns the depth that is frozen in an epoch, as {@link
   * org.sparkvit.model.runtime.ViTTrainingSession#freeze} takes it.
   *
   * @param epoch the number of the epoch, from 1
   * @param layers the number of blocks of the model
   * @throws UserException when the model has fewer blocks than are to be frozen
   */
  public int depth(int epoch, int layers) {
    int depth =
        switch (what) {
          case "none" -> 0;
          case "embeddings" -> 1;
          case "backbone" -> layers + 2;
          default -> 1 + Integer.parseInt(what);
        };
    if (depth > layers + 1 && !what.equals("backbone")) {
      throw new UserException(
          "--freeze is " + what + ", but the model has " + layers + " blocks; use that or less");
    }
    int released = unfreezeEvery == 0 ? 0 : (epoch - 1) / unfreezeEvery;
    if (released > 0 && depth == layers + 2) {
      depth--; // The final norm is trained with the block below it.
    }
    return Math.max(0, depth - released);
  }
}
