package org.sparkvit.training.data;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.image.augment.Augment;
import org.sparkvit.image.augment.AugmentStep;
import org.sparkvit.image.augment.Mixing;
import org.sparkvit.training.recipe.Augmentation;

/**
 * The random changes of training images between the pixel cache and the model: augmentation of each
 * image, then mixing of pairs (mixup, CutMix).
 *
 * @param side the side of the images in pixels
 * @param augments the augmentation of each class, by class index
 * @param mixing the mixing of pairs
 * @param forbidden the steps that are not applied to each class, by class index
 */
public record BatchTransform(
    int side, List<Augment> augments, Mixing mixing, List<Set<AugmentStep>> forbidden) {

  /**
   * Creates the changes of a training.
   *
   * @param side the side of the images in pixels
   * @throws UserException when a step is forbidden for an unknown class
   */
  public static BatchTransform of(Augmentation augmentation, int side, Labels labels) {
    for (String label : augmentation.forbidden().keySet()) {
      if (!labels.names().contains(label)) {
        throw new UserException(
            "--forbid names the class '" + label + "'; there are " + labels.names());
      }
    }
    Augment all = augmentation.steps(side);
    return new BatchTransform(
        side,
        labels.names().stream()
            .map(label -> all.without(augmentation.forbiddenFor(label)))
            .toList(),
        augmentation.mixing(),
        labels.names().stream().map(augmentation::forbiddenFor).toList());
  }

  /**
   * One image of a batch.
   *
   * @param epochSample the sample that it is made of
   * @param partner the image that is mixed into it, or null
   * @param mix the parameters of the mix, or null
   */
  record MixedSample(EpochSample epochSample, Example partner, Mixing.Mix mix) {

    private double share() {
      return mix == null ? 1 : mix.share();
    }

    /**
     * Returns the weight of its loss: the mean of both images' weights, weighted by their shares.
     */
    double weight() {
      return mix == null
          ? epochSample.example().weight()
          : share() * epochSample.example().weight() + (1 - share()) * partner.weight();
    }

    /** Adds its labels to a row of targets, in proportion to share times weight. */
    void addTo(Targets targets, float[] rows, int row) {
      if (mix == null) {
        targets.add(epochSample.example().label(), 1, rows, row);
      } else {
        double own = share() * epochSample.example().weight() / weight();
        targets.add(epochSample.example().label(), own, rows, row);
        targets.add(partner.label(), 1 - own, rows, row);
      }
    }
  }

  /**
   * Draws whether an image is mixed, how and with what. The result does not depend on the batch
   * that the image is in.
   *
   * @param all the images to choose a partner from, in a fixed order
   */
  MixedSample mixed(EpochSample epochSample, List<Example> all, long seed, int epoch) {
    if (!mixing.isOn()) {
      return new MixedSample(epochSample, null, null);
    }
    Mixing.Mix mix = mixing.draw(epochSample.chance("mix", seed, epoch), side, side);
    Example partner =
        all.get((int) Math.floorMod(epochSample.chance("partner", seed, epoch), (long) all.size()));
    boolean allowed =
        mix != null
            && !forbidden.get(epochSample.example().label()).contains(mix.step())
            && !forbidden.get(partner.label()).contains(mix.step());
    return allowed
        ? new MixedSample(epochSample, partner, mix)
        : new MixedSample(epochSample, null, null);
  }

  /** Writes an image's pixels with random changes. */
  void write(MixedSample mixedSample, PixelCache cache, long seed, int epoch, ByteBuffer out) {
    int from = out.position();
    augment(
        mixedSample.epochSample().example(),
        cache,
        mixedSample.epochSample().chance("augment", seed, epoch),
        out);
    if (mixedSample.mix() == null) {
      return;
    }
    byte[] first = new byte[3 * side * side];
    out.get(from, first);
    ByteBuffer second = ByteBuffer.allocate(first.length);
    long chance = mixedSample.epochSample().chance("augment partner", seed, epoch);
    augment(mixedSample.partner(), cache, chance, second);
    mixedSample.mix().apply(first, second.array(), side);
    out.put(from, first);
  }

  private void augment(Example example, PixelCache cache, long chance, ByteBuffer out) {
    int slot = example.slot();
    augments
        .get(example.label())
        .apply(cache.buffer(slot), cache.offset(slot), side, side, chance, out);
  }
}
