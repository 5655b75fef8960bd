package org.sparkvit.image.codec;

import java.io.IOException;
import java.util.Set;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.Pixels;

/** The first page of a TIFF (TIFF 6.0) or BigTIFF. */
final class TiffImage extends EncodedImage {
  /**
   * The number of strips at which an image is rejected. No sound image within the pixel limit has
   * as many.
   */
  private static final int MOST_STRIPS = 1 << 20;

  private static final int REDUCED = 1;

  /**
   * The photometric interpretations of DNG: the mosaic of a colour filter, and the linear form of
   * one.
   */
  private static final Set<Long> SENSORS = Set.of(32_803L, 34_892L);

  private static final int MOST_BELOW = 16;

  /** The sample format of floating-point numbers and the predictor of such. */
  private static final int FLOAT = 3;

  private TiffDirectory directory;
  private boolean floats;

  TiffImage(byte[] content) {
    super(content);
  }

  @Override
  void readHeader() throws BadImageException {
    directory = new TiffDirectory(content, 0, content.length);
    if (isCameraRaw()) {
      throw BadImageException.unsupported("a camera's raw file; convert it to JPEG");
    }
    size(directory.value(TiffDirectory.WIDTH, 0), directory.value(TiffDirectory.HEIGHT, 0));
    directory.checkComplete();
    channels = (int) Math.min(Byte.MAX_VALUE, directory.value(TiffDirectory.SAMPLES_PER_PIXEL, 1));
    turn(directory.orientation(), directory.xmpOrientation());
    long bits = directory.value(TiffDirectory.BITS_PER_SAMPLE, 1);
    floats = directory.value(TiffDirectory.SAMPLE_FORMAT, 1) == FLOAT;
    if (bits > 32 || (floats && bits < 32)) {
      throw BadImageException.unsupported("samples of " + bits + " bits");
    } else if (floats && directory.value(TiffDirectory.PREDICTOR, 1) == FLOAT) {
      throw BadImageException.unsupported("floating-point prediction");
    } else if (bits > 16 && channels != 1) {
      throw BadImageException.unsupported(channels + " channels of " + bits + " bits");
    } else if (bits > 16) {
      note = "samples of 32 bits: below 0 black, above 255 white";
    }
  }

  /**
   * Returns whether the file is a camera's raw file: its first page is a preview, often of 160
   * columns, or holds the data of the sensor.
   */
  private boolean isCameraRaw() throws BadImageException {
    return has(8, "CR")
        || has(8, "IIII")
        || directory.values(TiffDirectory.DNG_VERSION, 1).length > 0
        || SENSORS.contains(directory.value(TiffDirectory.PHOTOMETRIC, 0))
        || ((directory.value(TiffDirectory.SUBFILE_TYPE, 0) & REDUCED) != 0
            && directory.values(TiffDirectory.SUB_DIRECTORIES, 1).length > 0)
        || isPreview();
  }

  /**
   * Returns whether the first page is a preview of a larger image or of a sensor's data. The levels
   * of a pyramid are further images, too, but they are smaller.
   */
  private boolean isPreview() throws BadImageException {
    double pixels = pixels(directory);
    try {
      for (TiffDirectory image : directory.below(MOST_BELOW)) {
        if (SENSORS.contains(image.value(TiffDirectory.PHOTOMETRIC, 0)) || pixels(image) > pixels) {
          return true;
        }
      }
    } catch (BadImageException e) {
      // Damage there does not make a damaged picture.
      return false;
    }
    return false;
  }

  private static double pixels(TiffDirectory image) throws BadImageException {
    return (double) image.value(TiffDirectory.WIDTH, 0) * image.value(TiffDirectory.HEIGHT, 0);
  }

  @Override
  void checkComplete() throws BadImageException {
    checkParts(TiffDirectory.STRIP_OFFSETS, TiffDirectory.STRIP_BYTES);
    checkParts(TiffDirectory.TILE_OFFSETS, TiffDirectory.TILE_BYTES);
  }

  private void checkParts(int offsetTag, int bytesTag) throws BadImageException {
    long[] offsets = directory.values(offsetTag, MOST_STRIPS);
    long[] bytes = directory.values(bytesTag, MOST_STRIPS);
    if (offsets.length == MOST_STRIPS) {
      throw new BadImageException(
          ImageStatus.TOO_LARGE, "more than " + (MOST_STRIPS - 1) + " strips or tiles");
    }
    for (int i = 0; i < Math.min(offsets.length, bytes.length); i++) {
      if (offsets[i] + bytes[i] > content.length) {
        throw BadImageException.truncated(
            "ends after " + content.length + " bytes, before part " + (i + 1));
      }
    }
  }

  /**
   * Returns the number of pixels of all tiles. The last tile of a row or column may reach far over
   * the image.
   */
  @Override
  long work() throws BadImageException {
    long tileWidth = directory.value(TiffDirectory.TILE_WIDTH, 0);
    long tileHeight = directory.value(TiffDirectory.TILE_HEIGHT, 0);
    if (tileWidth < 1 || tileHeight < 1) {
      return super.work();
    }
    return Math.multiplyHigh(roundUp(width, tileWidth), roundUp(height, tileHeight)) != 0
        ? Long.MAX_VALUE
        : roundUp(width, tileWidth) * roundUp(height, tileHeight);
  }

  private static long roundUp(long side, long tile) {
    return (side + tile - 1) / tile * tile;
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    ImageReader reader = Readers.of(ImageFormat.TIFF);
    byte[] alone = directory.alone();
    try (ImageInputStream stream = clock.open(floats ? asIntegers(alone) : alone)) {
      reader.setInput(stream, true, false);
      ImageReadParam param = reader.getDefaultReadParam();
      ImageTypeSpecifier stored = reader.getRawImageType(0);
      if (stored != null) {
        param.setDestinationType(stored); // no conversion by colour profiles
      }
      return Pixels.of(Rasters.toRgb(reader.read(0, param), floats));
    } finally {
      reader.dispose();
    }
  }

  /**
   * Returns a copy of the file that declares its floating-point samples integers. The reader clips
   * floating-point samples to 0 to 1, but leaves the bits of integers unchanged.
   */
  private byte[] asIntegers(byte[] file) throws BadImageException {
    byte[] copy = file.clone();
    copy[directory.indexOf(TiffDirectory.SAMPLE_FORMAT)] = 1;
    return copy;
  }
}
