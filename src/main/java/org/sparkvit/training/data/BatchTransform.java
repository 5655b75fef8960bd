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
 * The random changes to training images between the pixel cache and the model: augmentation of each
 * image, then mixing of pairs (mixup, CutMix).
 *
 * @param side of the images, in pixels
 * @param augments by class index
 * @param mixing of pairs
 * @param forbidden by class index
 */
public record BatchTransform(
    int side, List<Augment> augments, Mixing mixing, List<Set<AugmentStep>> forbidden) {

  /**
   * Returns the changes to images of this side, in pixels.
   *
   * @throws UserException when something is forbidden for a class that there is not
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
   * @param epochSample of which it is made
   * @param partner the image that is mixed into it, or null
   * @param mix how, or null
   */
  record MixedSample(EpochSample epochSample, Example partner, Mixing.Mix mix) {

    private double share() {
      return mix == null ? 1 : mix.share();
    }

    /** Weight of its loss: each image's own, by its share. */
    double weight() {
      return mix == null
          ? epochSample.example().weight()
          : share() * epochSample.example().weight() + (1 - share()) * partner.weight();
    }

    /** Adds its labels to a row of targets, in the proportions of share and weight. */
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
   * Decides by chance whether and with what an image is mixed: the same in whatever batch it is.
   *
   * @param all the images to choose a partner from, in an order of their own
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

  /** Writes an image's pixels, changed at random. */
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
