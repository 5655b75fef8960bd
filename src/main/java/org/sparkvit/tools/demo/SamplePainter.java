package org.sparkvit.tools.demo;

import java.awt.image.BufferedImage;

/** Makes one file; a function of the seed and the sample alone. */
final class SamplePainter {
  /**
   * A file.
   *
   * @param look what is remarkable about its picture; null where nothing is, or there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; lives until it is written
  record Drawing(byte[] bytes, Look look) {}

  private final long seed;

  SamplePainter(long seed) {
    this.seed = seed;
  }

  Drawing draw(SampleFile sample) {
    if (sample.defect() == Defect.EMPTY) {
      return new Drawing(new byte[0], null);
    }
    if (sample.defect() == Defect.NOT_AN_IMAGE) {
      return new Drawing(ImageBytes.errorPage(), null);
    }
    Chance chance = Chance.of(seed, "picture", sample.drawing());
    Sheet subject = sample.kind().draw(chance, new MadeUp(chance.fork(), sample.region()));
    BufferedImage image = picture(sample, subject, chance);
    Look look = ImageBytes.isGray(image) ? Look.GRAY : subject.isNight() ? Look.DARK : null;
    return new Drawing(bytes(sample, image), look);
  }

  private byte[] bytes(SampleFile sample, BufferedImage image) {
    Chance chance = Chance.of(seed, "file", sample.drawing());
    double quality = chance.flip(0.2) ? chance.between(0.45, 0.7) : chance.between(0.7, 0.95);
    // A copy is altered by choices of its own; the original's are above.
    Chance own = Chance.of(seed, "copy", sample.index());
    if (sample.defect() == null) {
      return encoded(image, sample.png(), quality);
    }
    return switch (sample.defect()) {
      case TRUNCATED ->
          ImageBytes.truncated(ImageBytes.jpeg(image, quality), own.between(0.45, 0.7));
      case BROKEN_DATA -> ImageBytes.withBrokenData(ImageBytes.png(image));
      case WRONG_EXTENSION -> ImageBytes.png(image);
      case REENCODED -> ImageBytes.jpeg(image, own.between(0.3, 0.45));
      case RESIZED ->
          encoded(ImageBytes.part(image, 0, 0, 0, own.between(0.7, 0.9)), sample.png(), quality);
      case CROPPED ->
          encoded(
              ImageBytes.part(
                  image, own.between(0, 1), own.between(0, 1), own.between(0.03, 0.06), 1),
              sample.png(),
              quality);
      default -> encoded(image, sample.png(), quality);
    };
  }

  private static byte[] encoded(BufferedImage image, boolean png, double quality) {
    return png ? ImageBytes.png(image) : ImageBytes.jpeg(image, quality);
  }

  private static BufferedImage picture(SampleFile sample, Sheet subject, Chance chance) {
    BufferedImage image =
        Photograph.take(subject, sample.kind().isView(), sample.source(), chance.fork());
    // Some scanners store gray pictures in one channel.
    return sample.source() == Capture.SCAN && chance.flip(0.12) ? ImageBytes.gray(image) : image;
  }
}
