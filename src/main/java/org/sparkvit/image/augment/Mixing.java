package org.sparkvit.image.augment;

import java.io.Serializable;
import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.random.Well512a;
import org.sparkvit.core.options.Option;

/**
 * Mixes two images into one, whose label is then partly that of each. Mixup adds them up (Zhang et
 * al. 2018). CutMix pastes a box of the second into the first (Yun et al. 2019). Where both are on,
 * each is drawn half of the time, as in timm.
 *
 * @param mixup the alpha of the Beta distribution from which mixup draws the first image's share, 0
 *     for no mixup
 * @param cutmix the alpha of the Beta distribution from which CutMix draws the first image's share,
 *     0 for no CutMix
 * @param probability the share of the images that are mixed, 0 to 1
 */
public record Mixing(
    @Option(
            label = "ALPHA",
            standard = "0",
            least = 0,
            advanced = true,
            help =
                "Add pairs of images and their labels up, in shares of a Beta(ALPHA, ALPHA)"
                    + " distribution; 0 for none.")
        double mixup,
    @Option(
            label = "ALPHA",
            standard = "0",
            least = 0,
            advanced = true,
            help =
                "Paste a box of one image into another, in shares of a Beta(ALPHA, ALPHA)"
                    + " distribution; 0 for none.")
        double cutmix,
    @Option(
            name = "mix-probability",
            label = "SHARE",
            standard = "1",
            least = 0,
            greatest = 1,
            advanced = true,
            help = "With --mixup or --cutmix: share of the images that are mixed.")
        double probability)
    implements Serializable {
  /** Mixes nothing. */
  public static final Mixing NONE = new Mixing(0, 0, 0);

  /** Returns whether any images are mixed. */
  public boolean isOn() {
    return probability > 0 && mixup + cutmix > 0;
  }

  /**
   * The parameters of one mix of two images.
   *
   * @param step {@link AugmentStep#MIXUP} or {@link AugmentStep#CUTMIX}
   * @param share the share of the first image, 0 to 1; with CutMix it is the share of its pixels
   *     that stay
   * @param left the first column of CutMix's box
   * @param top the first row of CutMix's box
   * @param width the number of columns of CutMix's box
   * @param height the number of rows of CutMix's box
   */
  public record Mix(AugmentStep step, double share, int left, int top, int width, int height) {

    /**
     * Mixes the second image into the first, in place.
     *
     * @param first the first image, {@code 3 * width * height} bytes
     * @param second the second image, of the same size
     * @param columns the number of columns of both images
     */
    public void apply(byte[] first, byte[] second, int columns) {
      if (step == AugmentStep.CUTMIX) {
        for (int y = top; y < top + height; y++) {
          int at = 3 * (y * columns + left);
          System.arraycopy(second, at, first, at, 3 * width);
        }
        return;
      }
      for (int i = 0; i < first.length; i++) {
        double sum = share * (first[i] & 0xff) + (1 - share) * (second[i] & 0xff);
        first[i] = (byte) Math.rint(sum);
      }
    }
  }

  /**
   * Draws whether and how an image is mixed.
   *
   * @param seed decides everything
   * @param columns the number of columns of both images
   * @param rows the number of rows of both images
   * @return the parameters of the mix, or null where the image is not mixed
   */
  public Mix draw(long seed, int columns, int rows) {
    SplittableRandom random = new SplittableRandom(seed);
    if (!isOn() || random.nextDouble() >= probability) {
      return null;
    }
    boolean cuts = cutmix > 0 && (mixup == 0 || random.nextBoolean());
    double alpha = cuts ? cutmix : mixup;
    double share = new BetaDistribution(new Well512a(random.nextLong()), alpha, alpha).sample();
    if (!cuts) {
      return new Mix(AugmentStep.MIXUP, share, 0, 0, 0, 0);
    }
    int halfWidth = (int) (columns * Math.sqrt(1 - share)) / 2;
    int halfHeight = (int) (rows * Math.sqrt(1 - share)) / 2;
    int x = random.nextInt(columns);
    int y = random.nextInt(rows);
    int left = Math.max(0, x - halfWidth);
    int top = Math.max(0, y - halfHeight);
    int width = Math.min(columns, x + halfWidth) - left;
    int height = Math.min(rows, y + halfHeight) - top;
    double stays = 1 - (double) width * height / ((double) columns * rows);
    return new Mix(AugmentStep.CUTMIX, stays, left, top, width, height);
  }
}
