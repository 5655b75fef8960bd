package org.sparkvit.image.codec;

import java.io.EOFException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import org.sparkvit.core.Background;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.UserException;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;
import org.sparkvit.image.resample.Preprocess;
import org.sparkvit.image.resample.PreprocessSpec;

/**
 * Decodes one image file held in memory. It never throws for bad content and never returns garbage
 * silently: whatever is wrong with the bytes ends as a {@link DecodedImage} with a status and a
 * reason.
 *
 * <p>The pixels are those of Pillow's {@code
 * ImageOps.exif_transpose(Image.open(f)).convert("RGB")}: the first frame, gray replicated,
 * palettes looked up, colour profiles ignored, gray samples of 32 bits clipped. They are bit-equal,
 * with two exceptions. JPEG differs as versions of libjpeg do, by at most 2 levels of a channel,
 * and by at most 3 in CMYK and inside of TIFF. Samples of 16 bits are cut to their high byte, and
 * those of PGM scaled, where Pillow clips gray ones to white. Alpha is put on the chosen
 * background. Where none is chosen, the colours are those under the alpha, as Pillow's are, and the
 * alpha is returned beside them.
 *
 * <p>HEIC and AVIF are decoded where libheif is installed, to the pixels of its installed version,
 * turned and cropped as the file says. Their EXIF orientation, which repeats that, is not applied.
 * Elsewhere they are {@link ImageStatus#UNSUPPORTED}.
 */
public final class ImageDecoder {
  private static final int REASON_LENGTH = 200;
  private static final Duration ROOM_WAIT = Duration.ofMinutes(10);
  private static final DecodeMemory MEMORY = DecodeMemory.ofThisProcess();

  private final DecodeLimits limits;
  private final Background background;

  /** Creates a decoder that returns alpha beside the colours. */
  public ImageDecoder(DecodeLimits limits) {
    this(limits, Background.NONE);
  }

  /**
   * Creates a decoder that puts transparent images on a background.
   *
   * @param background the background for all images except those prepared by a {@link
   *     PreprocessSpec}, which has its own
   */
  public ImageDecoder(DecodeLimits limits, Background background) {
    this.limits = Objects.requireNonNull(limits);
    this.background = Objects.requireNonNull(background);
  }

  /** Returns whether JPEG files are decoded by libjpeg-turbo in this process. */
  public static boolean hasTurboJpeg() {
    return TurboJpeg.isAvailable();
  }

  /**
   * Returns how far HEIC and AVIF files are decoded in this process, and what it lacks for them.
   */
  public static HeifSupport heifSupport() {
    return Heif.support();
  }

  /**
   * Decodes an image in full size.
   *
   * @param content the file's bytes, which are not changed
   * @param name the file's name or path, of which only the extension is used
   */
  public DecodedImage decode(byte[] content, String name) {
    return decode(content, name, (columns, rows) -> 1, pixels -> on(pixels, background).toImage());
  }

  /**
   * Decodes an image and prepares it for a model. The result is what {@link Preprocess} makes of
   * {@link #decode(byte[], String)}. It takes less time and memory, since the full-size pixels stay
   * where the decoder put them. With {@link PreprocessSpec#scaledDecoding} the pixels differ
   * slightly.
   *
   * @param content the file's bytes, which are not changed
   * @param name the file's name or path, of which only the extension is used
   */
  public DecodedImage decode(byte[] content, String name, PreprocessSpec spec) {
    return decode(
        content,
        name,
        spec::mostReduction,
        pixels -> Preprocess.apply(on(pixels, spec.background()), spec));
  }

  private static Pixels on(Pixels pixels, Background background) {
    return pixels.alpha() == null || background.isNone()
        ? pixels
        : Pixels.of(Transparency.over(pixels.toImage(), background));
  }

  private DecodedImage decode(
      byte[] content, String name, IntBinaryOperator reduction, Function<Pixels, PixelImage> use) {
    if (content.length == 0) {
      return unread(ImageStatus.EMPTY, "file of 0 bytes", null);
    }
    Optional<ImageFormat> format = ImageFormat.ofContent(content);
    if (format.isEmpty()) {
      ForeignContent foreign = ForeignContent.of(content);
      return unread(foreign.status(), foreign.description(), null);
    }
    if (content.length > limits.maxBytes()) {
      String reason = content.length + " bytes; the limit is " + limits.maxBytes();
      return unread(ImageStatus.TOO_LARGE, reason, format.get());
    }
    EncodedImage image = EncodedImage.of(format.get(), content);
    try {
      image.readHeader();
      long pixels = image.storedPixels();
      if (pixels > limits.maxPixels()) {
        throw new BadImageException(
            ImageStatus.TOO_LARGE, pixels + " pixels; the limit is " + limits.maxPixels());
      }
      image.checkComplete();
      long work = image.work();
      if (work > limits.maxWork()) {
        throw new BadImageException(
            ImageStatus.TOO_LARGE,
            work + " pixels in all passes of decoding; the limit is " + limits.maxWork());
      }
      PixelImage upright = decode(image, reduction.applyAsInt(image.width, image.height), use);
      Optional<ImageFormat> named = ImageFormat.ofName(name);
      if (named.isPresent() && !named.equals(format)) {
        String reason = format.get() + " content in a file named as " + named.get();
        reason += image.note.isEmpty() ? "" : "; " + image.note;
        return result(image, format.get(), ImageStatus.EXT_MISMATCH, reason, upright);
      }
      return result(image, format.get(), ImageStatus.OK, image.note, upright);
    } catch (InterruptedException e) {
      // The task is being cancelled, so nobody will look at this result.
      Thread.currentThread().interrupt();
      return result(image, format.get(), ImageStatus.TIMEOUT, "interrupted", null);
    } catch (TimeoutException e) {
      return result(image, format.get(), ImageStatus.TIMEOUT, e.getMessage(), null);
    } catch (UserException e) {
      throw e; // of this process, not of the image
    } catch (ExecutionException e) {
      return failure(image, format.get(), e.getCause());
    } catch (Exception e) {
      return failure(image, format.get(), e);
    }
  }

  private PixelImage decode(EncodedImage image, int reduction, Function<Pixels, PixelImage> use)
      throws TimeoutException, ExecutionException, InterruptedException {
    long pixels = (long) image.width * image.height;
    // The wait for room is not the image's own time; only stuck decodes make it endless.
    while (!MEMORY.acquire(pixels, ROOM_WAIT)) {
      if (DecodeThreads.stuck() > 0) {
        throw DecodeThreads.exhausted();
      }
    }
    DecodeClock clock = new DecodeClock();
    return DecodeThreads.call(
        () -> {
          try (Pixels stored = image.decode(clock, reduction)) {
            return use.apply(Orientation.upright(stored, image.orientation));
          }
        },
        clock,
        limits.timeout(),
        // A decode that is given up frees its room only when it really ends.
        () -> MEMORY.release(pixels));
  }

  private static DecodedImage failure(EncodedImage image, ImageFormat format, Throwable cause) {
    if (cause instanceof LinkageError e) {
      throw e; // a class is missing: wrong for every image, so not this one's fault
    }
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof BadImageException e) {
        return result(image, format, e.status(), e.getMessage(), null);
      } else if (t instanceof EOFException) {
        return result(image, format, ImageStatus.TRUNCATED, "image data ends early", null);
      } else if (t instanceof OutOfMemoryError) {
        String reason = "does not fit into this process's memory";
        return result(image, format, ImageStatus.TOO_LARGE, reason, null);
      }
    }
    return result(image, format, ImageStatus.DECODE_ERROR, describe(cause), null);
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    String text =
        message == null || message.isBlank()
            ? cause.getClass().getSimpleName()
            : message.replaceAll("\\s+", " ").strip();
    return text.length() <= REASON_LENGTH ? text : text.substring(0, REASON_LENGTH);
  }

  private static DecodedImage result(
      EncodedImage image, ImageFormat format, ImageStatus status, String reason, PixelImage rgb) {
    return new DecodedImage(
        status, reason, format, image.width, image.height, image.channels, image.orientation, rgb);
  }

  private static DecodedImage unread(ImageStatus status, String reason, ImageFormat format) {
    return new DecodedImage(status, reason, format, 0, 0, 0, 1, null);
  }
}
