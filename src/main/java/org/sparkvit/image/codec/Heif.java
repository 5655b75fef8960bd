package org.sparkvit.image.codec;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;

/**
 * Decodes HEIC and AVIF files by the machine's libheif, version 1.12 or later, where that is
 * installed. Each call has a context of its own, so that calls from several threads do not meet.
 *
 * <p>libheif and its codecs are native code. A file that makes them crash ends the process, so they
 * have to be kept up to date where files come from strangers. The system property {@code
 * sparkvit.libheif=false} turns them off.
 */
@SuppressWarnings("MemberName") // native methods have the names of the library
final class Heif {
  private static final Logger LOG = LoggerFactory.getLogger(Heif.class);
  private static final String OFF_SWITCH = "sparkvit.libheif";

  /**
   * The library's names on Linux, where the file without a version comes with headers only, and on
   * macOS.
   */
  private static final String[] NAMES = {"libheif.so.1", "heif"};

  /** Version 1.12.0, the first that tells whether colours are multiplied by their alpha. */
  private static final int OLDEST = 0x010C0000;

  private static final int HEVC = 1; // heif_compression_HEVC
  private static final int AV1 = 4; // heif_compression_AV1
  private static final int RGB = 1; // heif_colorspace_RGB
  private static final int INTERLEAVED_RGB = 10; // heif_chroma_interleaved_RGB
  private static final int INTERLEAVED_RGBA = 11; // heif_chroma_interleaved_RGBA
  private static final int INTERLEAVED = 10; // heif_channel_interleaved
  private static final int OPAQUE = 255;

  // heif_error_code and heif_suberror_code
  private static final int UNSUPPORTED_FILETYPE = 3;
  private static final int UNSUPPORTED_FEATURE = 4;
  private static final int MEMORY_ALLOCATION_ERROR = 6;
  private static final int PLUGIN_LOADING_ERROR = 11;
  private static final int END_OF_DATA = 100;
  private static final int UNSUPPORTED_CODEC = 3000;

  // Where fields of heif_decoding_options lie on a 64-bit machine, and the versions that added
  // them.
  private static final int CONVERT_HDR_TO_8_BITS = 40;
  private static final int STRICT = 41;
  private static final int STRICT_SINCE = 3;

  private static final int MESSAGE_LENGTH = 120;
  private static final long MOST_BYTES = 1L << 30;
  private static final Duration LOOK = Duration.ofSeconds(1);

  /**
   * Limits the memory off the heap that all images which are being decoded here take together. It
   * comes out of the share that Spark leaves to native memory, in which the model lives.
   */
  private static final DecodeMemory ROOM =
      new DecodeMemory(Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 8));

  /**
   * The library as it was found.
   *
   * @param setThreads limits the threads that it starts, or null where there is none or it has no
   *     such function, as before 1.13
   */
  private record Library(HeifSupport support, Function setThreads) {
    static Library none(String problem) {
      return new Library(HeifSupport.none(problem), null);
    }
  }

  private static final Library LIBRARY = load();

  private Heif() {}

  private static Library load() {
    Library library = find();
    HeifSupport support = library.support;
    LOG.info(
        support.isPresent()
            ? "HEIC and AVIF files are decoded by libheif {}"
            : "HEIC and AVIF files are not decoded: {}",
        support.description());
    return library;
  }

  private static Library find() {
    if (!Boolean.parseBoolean(System.getProperty(OFF_SWITCH, "true"))) {
      return Library.none("libheif is turned off (" + OFF_SWITCH + " is false)");
    } else if (Native.SIZE_T_SIZE != Long.BYTES) {
      return Library.none("libheif is used on 64-bit machines only");
    }
    for (String name : NAMES) {
      try {
        return bind(NativeLibrary.getInstance(name));
      } catch (LinkageError e) {
        LOG.debug("no libheif by the name {}: {}", name, e.getMessage());
      }
    }
    return Library.none("libheif is not installed");
  }

  private static Library bind(NativeLibrary library) {
    int number = library.getFunction("heif_get_version_number").invokeInt(new Object[0]);
    String version = library.getFunction("heif_get_version").invokeString(new Object[0], false);
    String tooOld = tooOld(number, version);
    if (!tooOld.isEmpty()) {
      return Library.none(tooOld);
    }
    Native.register(Heif.class, library);
    Function setThreads = null;
    try {
      // Without it later versions do not look for codecs in files of their own.
      library.getFunction("heif_init").invoke(Outcome.class, new Object[] {null});
      setThreads = library.getFunction("heif_context_set_max_decoding_threads");
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("libheif {} has its codecs within and its own mind about threads", version);
    }
    HeifSupport support =
        new HeifSupport(
            version,
            "",
            heif_have_decoder_for_format(HEVC) != 0,
            heif_have_decoder_for_format(AV1) != 0);
    return new Library(support, setThreads);
  }

  /** Returns the words that refuse a version, or empty where it is new enough. */
  static String tooOld(int number, String version) {
    return Integer.compareUnsigned(number, OLDEST) < 0
        ? "libheif " + version + " is too old, 1.12 or later is needed"
        : "";
  }

  /** Returns what the library can do here. */
  static HeifSupport support() {
    return LIBRARY.support;
  }

  /**
   * What is known of a picture before it is decoded.
   *
   * @param width the columns of the upright picture
   * @param height the rows of the upright picture
   * @param alpha whether it has alpha
   */
  record Header(int width, int height, boolean alpha) {}

  /**
   * Reads what the file says of its primary picture.
   *
   * @throws BadImageException where libheif cannot make out a picture
   */
  static Header header(byte[] content) throws IOException {
    return withPrimary(
        content,
        picture ->
            new Header(
                heif_image_handle_get_width(picture),
                heif_image_handle_get_height(picture),
                heif_image_handle_has_alpha_channel(picture) != 0));
  }

  /**
   * Decodes the primary picture. Samples of more than 8 bits are reduced by libheif. Colour
   * profiles are ignored, apart from how the file says that YCbCr becomes RGB.
   *
   * @param width the columns that the header states
   * @param height the rows that the header states
   * @param pixels the number of pixels to make room for, those of the largest coded picture
   * @return the upright picture, with alpha where not all of it is opaque
   * @throws BadImageException where libheif complains, or the picture is not of the stated size
   */
  static PixelImage decode(byte[] content, int width, int height, long pixels, DecodeClock clock)
      throws IOException {
    try {
      while (!ROOM.acquire(pixels, LOOK)) {
        clock.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
    try {
      return withPrimary(content, picture -> pixels(picture, width, height));
    } finally {
      ROOM.release(pixels);
    }
  }

  /** Something to be done with a picture's handle, which is valid only meanwhile. */
  private interface Use<T> {
    T of(Pointer picture) throws IOException;
  }

  private static <T> T withPrimary(byte[] content, Use<T> use) throws IOException {
    // The context reads from this memory for as long as it lives.
    try (Memory file = new Memory(content.length)) {
      file.write(0, content, 0, content.length);
      Pointer context = heif_context_alloc();
      if (context == null) {
        throw new OutOfMemoryError("libheif has no memory for a file");
      }
      try {
        if (LIBRARY.setThreads != null) {
          LIBRARY.setThreads.invokeVoid(new Object[] {context, 0});
        }
        check(heif_context_read_from_memory_without_copy(context, file, content.length, null));
        PointerByReference handle = new PointerByReference();
        check(heif_context_get_primary_image_handle(context, handle));
        try {
          return use.of(handle.getValue());
        } finally {
          heif_image_handle_release(handle.getValue());
        }
      } finally {
        heif_context_free(context);
      }
    }
  }

  private static PixelImage pixels(Pointer picture, int width, int height) throws IOException {
    boolean alpha = heif_image_handle_has_alpha_channel(picture) != 0;
    boolean multiplied = alpha && heif_image_handle_is_premultiplied_alpha(picture) != 0;
    PointerByReference decoded = new PointerByReference();
    Pointer options = heif_decoding_options_alloc();
    try {
      options.setByte(CONVERT_HDR_TO_8_BITS, (byte) 1);
      if (options.getByte(0) >= STRICT_SINCE) {
        options.setByte(STRICT, (byte) 1); // or missing tiles are filled without a word
      }
      int chroma = alpha ? INTERLEAVED_RGBA : INTERLEAVED_RGB;
      check(heif_decode_image(picture, decoded, RGB, chroma, options));
    } finally {
      heif_decoding_options_free(options);
    }
    Pointer image = decoded.getValue();
    try {
      int columns = heif_image_get_width(image, INTERLEAVED);
      int rows = heif_image_get_height(image, INTERLEAVED);
      if (columns != width || rows != height) {
        throw BadImageException.corrupt(
            "a picture of "
                + columns
                + "x"
                + rows
                + " where "
                + width
                + "x"
                + height
                + " is stated");
      }
      int[] stride = new int[1];
      Pointer plane = heif_image_get_plane_readonly(image, INTERLEAVED, stride);
      int samples = alpha ? 4 : 3;
      if (plane == null || stride[0] < samples * width) {
        throw BadImageException.corrupt("libheif gives no pixels");
      }
      return alpha
          ? transparent(plane, stride[0], width, height, multiplied)
          : opaque(plane, stride[0], width, height);
    } finally {
      heif_image_release(image);
    }
  }

  private static PixelImage opaque(Pointer plane, int stride, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      plane.read((long) y * stride, rgb, 3 * width * y, 3 * width);
    }
    return new PixelImage(width, height, rgb);
  }

  private static PixelImage transparent(
      Pointer plane, int stride, int width, int height, boolean multiplied) {
    byte[] rgb = new byte[3 * width * height];
    byte[] alpha = new byte[width * height];
    byte[] row = new byte[4 * width];
    for (int y = 0, at = 0; y < height; y++) {
      plane.read((long) y * stride, row, 0, row.length);
      for (int x = 0; x < width; x++, at++) {
        int a = row[4 * x + 3] & 0xFF;
        alpha[at] = (byte) a;
        for (int c = 0; c < 3; c++) {
          int sample = row[4 * x + c] & 0xFF;
          if (multiplied && a < OPAQUE) {
            sample = a == 0 ? 0 : Math.min(OPAQUE, sample * OPAQUE / a);
          }
          rgb[3 * at + c] = (byte) sample;
        }
      }
    }
    return Rasters.of(width, height, rgb, alpha);
  }

  private static void check(Outcome outcome) throws BadImageException {
    if (outcome.code != 0) {
      String message =
          outcome.message == null
              ? "error " + outcome.code
              : outcome.message.getString(0, StandardCharsets.UTF_8.name());
      throw problem(outcome.code, outcome.subcode, message, LIBRARY.support);
    }
  }

  /**
   * Returns what an error of the library says of a file.
   *
   * @param code the heif_error_code
   * @param subcode the heif_suberror_code
   * @param message the library's words
   */
  static BadImageException problem(int code, int subcode, String message, HeifSupport support) {
    String line = message.replaceAll("\\s+", " ").strip();
    String reason = "libheif: " + line.substring(0, Math.min(MESSAGE_LENGTH, line.length()));
    if (code == PLUGIN_LOADING_ERROR || subcode == UNSUPPORTED_CODEC) {
      return BadImageException.unsupported(
          reason
              + (support.isComplete() ? "" : "; " + support.remedy())
              + (support.isComplete() ? "; convert it to JPEG" : ", or convert it to JPEG"));
    } else if (code == UNSUPPORTED_FILETYPE || code == UNSUPPORTED_FEATURE) {
      return BadImageException.unsupported(reason + "; convert it to JPEG");
    } else if (code == MEMORY_ALLOCATION_ERROR) {
      return new BadImageException(ImageStatus.TOO_LARGE, reason);
    } else if (subcode == END_OF_DATA) {
      return BadImageException.truncated(reason);
    }
    return BadImageException.corrupt(reason);
  }

  /** The library's {@code heif_error}, which it returns by value. */
  @Structure.FieldOrder({"code", "subcode", "message"})
  public static final class Outcome extends Structure implements Structure.ByValue {
    public int code;
    public int subcode;
    public Pointer message;
  }

  private static native int heif_have_decoder_for_format(int format);

  private static native Pointer heif_context_alloc();

  private static native void heif_context_free(Pointer context);

  private static native Outcome heif_context_read_from_memory_without_copy(
      Pointer context, Pointer file, long length, Pointer options);

  private static native Outcome heif_context_get_primary_image_handle(
      Pointer context, PointerByReference handle);

  private static native void heif_image_handle_release(Pointer handle);

  private static native int heif_image_handle_get_width(Pointer handle);

  private static native int heif_image_handle_get_height(Pointer handle);

  private static native int heif_image_handle_has_alpha_channel(Pointer handle);

  private static native int heif_image_handle_is_premultiplied_alpha(Pointer handle);

  private static native Pointer heif_decoding_options_alloc();

  private static native void heif_decoding_options_free(Pointer options);

  private static native Outcome heif_decode_image(
      Pointer handle, PointerByReference image, int colours, int chroma, Pointer options);

  private static native int heif_image_get_width(Pointer image, int channel);

  private static native int heif_image_get_height(Pointer image, int channel);

  private static native Pointer heif_image_get_plane_readonly(
      Pointer image, int channel, int[] stride);

  private static native void heif_image_release(Pointer image);
}
