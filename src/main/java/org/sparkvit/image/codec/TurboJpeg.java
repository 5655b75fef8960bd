package org.sparkvit.image.codec;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkvit.image.Pixels;

/**
 * Decodes JPEG files by the machine's libjpeg-turbo, version 1.4 or later, where that is installed.
 * It gives the pixels of the JDK's libjpeg in about half the time. It is called through the
 * TurboJPEG API of version 2, which later versions keep.
 *
 * <p>A file that it complains about is left to the JDK, whose verdict counts. It silently accepts
 * one kind of damage that the JDK does not, an invalid Huffman code in the midst of sound data: 3
 * of 12,000 files with up to three random bytes in them. Of the others 7,584 pass either decoder,
 * as nothing in a JPEG file checks its content.
 *
 * <p>The system property {@code sparkvit.turbojpeg=false} turns it off.
 */
final class TurboJpeg {
  private static final Logger LOG = LoggerFactory.getLogger(TurboJpeg.class);
  private static final String OFF_SWITCH = "sparkvit.turbojpeg";

  /**
   * The library's names on Linux, where the file without a version comes with headers only, and on
   * macOS.
   */
  private static final String[] NAMES = {"libturbojpeg.so.0", "turbojpeg"};

  private static final int RGB = 0; // TJPF_RGB
  private static final int GRAY_SAMPLING = 3; // TJSAMP_GRAY
  private static final int YCBCR = 1; // TJCS_YCbCr
  private static final int GRAY = 2; // TJCS_GRAY

  private static final int UNIT = 1 << 16;
  private static final long MOST_BYTES = 256L << 20;

  /**
   * Limits the memory off the heap that all images which are being decoded here take together. It
   * comes out of the share that Spark leaves to native memory, in which the model lives.
   */
  private static final Semaphore ROOM =
      new Semaphore((int) (Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 8) / UNIT));

  private static final boolean AVAILABLE = load();

  private TurboJpeg() {}

  private static boolean load() {
    if (!Boolean.parseBoolean(System.getProperty(OFF_SWITCH, "true"))) {
      LOG.info("JPEG files are decoded by the JDK: {} is false", OFF_SWITCH);
      return false;
    }
    String reason = "";
    for (String name : NAMES) {
      try {
        NativeLibrary library = NativeLibrary.getInstance(name);
        Native.register(TurboJpeg.class, library);
        LOG.info("JPEG files are decoded by {}", library.getFile());
        return true;
      } catch (LinkageError e) {
        reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      }
    }
    LOG.info("JPEG files are decoded by the JDK; libturbojpeg is faster, but: {}", reason);
    return false;
  }

  /** Returns whether the library is installed and not turned off. */
  static boolean isAvailable() {
    return AVAILABLE;
  }

  /**
   * Decodes a file of gray or YCbCr samples.
   *
   * @param content the whole file without metadata
   * @param reduction the divisor of the result's sides, which are rounded up: 1, 2, 4 or 8. A block
   *     of 8x8 samples is then made of its lowest frequencies alone, which saves most of the work
   * @return the pixels, which the caller closes, or null if the library complains about anything at
   *     all, or if there is no room at present
   */
  static Pixels decode(byte[] content, int width, int height, int channels, int reduction) {
    int columns = reduced(width, reduction);
    int rows = reduced(height, reduction);
    long size = 3L * columns * rows;
    long units = 1 + (size + content.length) / UNIT;
    if (units > Integer.MAX_VALUE || !ROOM.tryAcquire((int) units)) {
      return null;
    }
    Memory out = null;
    try {
      out = new Memory(size);
      if (decode(content, width, height, channels, reduction, out)) {
        Memory pixels = out;
        out = null;
        ByteBuffer rgb = pixels.getByteBuffer(0, size);
        return Pixels.of(
            rgb,
            columns,
            rows,
            () -> {
              pixels.close();
              ROOM.release((int) units);
            });
      }
      return null;
    } finally {
      if (out != null) {
        out.close();
        ROOM.release((int) units);
      }
    }
  }

  private static boolean decode(
      byte[] content, int width, int height, int channels, int reduction, Memory out) {
    int outColumns = reduced(width, reduction);
    int outRows = reduced(height, reduction);
    Pointer decoder = tjInitDecompress();
    if (decoder == null) {
      return false;
    }
    try (Memory in = new Memory(content.length)) {
      in.write(0, content, 0, content.length);
      NativeLong length = new NativeLong(content.length);
      int[] columns = new int[1];
      int[] rows = new int[1];
      int[] sampling = new int[1];
      int[] colours = new int[1];
      // The library writes as many pixels as its own reading of the header says.
      return tjDecompressHeader3(decoder, in, length, columns, rows, sampling, colours) == 0
          && columns[0] == width
          && rows[0] == height
          && colours[0] == (channels == 1 ? GRAY : YCBCR)
          && (sampling[0] == GRAY_SAMPLING) == (channels == 1)
          && tjDecompress2(decoder, in, length, out, outColumns, 3 * outColumns, outRows, RGB, 0)
              == 0;
    } finally {
      tjDestroy(decoder);
    }
  }

  /** Returns a side divided by the reduction, rounded as the library does. */
  private static int reduced(int side, int reduction) {
    return (side + reduction - 1) / reduction;
  }

  private static native Pointer tjInitDecompress();

  private static native int tjDestroy(Pointer handle);

  private static native int tjDecompressHeader3(
      Pointer handle,
      Pointer file,
      NativeLong length,
      int[] width,
      int[] height,
      int[] sampling,
      int[] colours);

  private static native int tjDecompress2(
      Pointer handle,
      Pointer file,
      NativeLong length,
      Pointer pixels,
      int width,
      int pitch,
      int height,
      int format,
      int flags);
}
