package org.sparkvit.image.codec;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;

/**
 * JPEG (ITU-T T.81), decoded by the JDK's libjpeg.
 *
 * <p>The JDK's reader rejects sound files because of their metadata, converts by embedded colour
 * profiles and guesses the colour space where no marker names it. So it never sees the original's
 * application segments. It reads a copy with only the segments that make the picture, as a raster
 * of the samples as they are stored. The colour space is decided here, by libjpeg's own rules.
 */
final class JpegImage extends EncodedImage {
  private static final byte[] JFIF = {
    (byte) 0xFF, (byte) 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };
  private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";

  /**
   * The largest number of scans. It is what libjpeg-turbo's own tools allow for untrusted files;
   * encoders write ten.
   */
  private static final int MOST_SCANS = 500;

  private static final int SOF2 = 0xC2;
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DHT = 0xC4;
  private static final int DAC = 0xCC;
  private static final int DRI = 0xDD;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;

  /** A marker with its parameters: bytes {@code from} to {@code end - 1} of the file. */
  private record Segment(int marker, int from, int end) {}

  private final List<Segment> pictureSegments = new ArrayList<>();
  private Segment frame;
  private int adobeTransform = -1;
  private boolean jfif;
  private boolean exif;
  private int exifOrientation;
  private int xmpOrientation;
  private boolean componentsNamedRgb;
  private boolean plain = true;
  private boolean progressive;
  private int scan;

  /** The index behind the image data and everything that belongs to them. */
  private int end;

  /** Whether the end marker is missing, so that one is added for the decoders. */
  private boolean endless;

  JpegImage(byte[] content) {
    super(content);
    this.end = content.length;
  }

  @Override
  void readHeader() throws BadImageException {
    int at = 2;
    while (scan == 0) {
      while (u8(at) != 0xFF) {
        at++; // libjpeg skips stray bytes between segments
      }
      while (u8(at) == 0xFF) {
        at++;
      }
      int marker = u8(at++);
      boolean alone = marker <= 1 || (marker >= 0xD0 && marker <= SOI);
      if (marker == EOI) {
        throw BadImageException.corrupt("ends before any image data");
      } else if (!alone) {
        Segment segment = new Segment(marker, at - 2, at + u16be(at));
        if (segment.end < at + 2) {
          throw BadImageException.corrupt("segment length " + (segment.end - at));
        }
        u8(segment.end - 1L);
        take(segment);
        at = segment.end;
      }
    }
  }

  private void take(Segment segment) throws BadImageException {
    int body = segment.from + 4;
    switch (segment.marker) {
      case SOS -> {
        if (channels == 0) {
          throw BadImageException.corrupt("image data before the frame header");
        }
        scan = segment.from;
      }
      case DQT -> {
        plain &= hasBytesOnly(body, segment.end);
        pictureSegments.add(segment);
      }
      case DHT, DRI -> pictureSegments.add(segment);
      case APP0 -> jfif |= has(body, "JFIF\0");
      case APP1 -> {
        if (!exif && has(body, "Exif\0\0")) {
          exif = true;
          exifOrientation = TiffDirectory.orientation(content, body + 6, segment.end);
        } else if (has(body, XMP)) {
          xmpOrientation = Xmp.orientation(content, body + XMP.length(), segment.end);
        }
        turn(exifOrientation, xmpOrientation);
      }
      case APP14 -> {
        if (has(body, "Adobe") && segment.end - body >= 12) {
          adobeTransform = u8(body + 11);
        }
      }
      default -> {
        if (segment.marker >= 0xC0 && segment.marker <= 0xCF && segment.marker != DAC) {
          takeFrame(segment);
        }
      }
    }
  }

  private void takeFrame(Segment segment) throws BadImageException {
    int body = segment.from + 4;
    int precision = u8(body);
    channels = u8(body + 5);
    size(u16be(body + 3), u16be(body + 1));
    if (segment.marker > 0xC2) {
      throw BadImageException.unsupported("lossless, hierarchical or arithmetic coding");
    } else if (precision != 8) {
      throw BadImageException.unsupported(precision + " bits per sample");
    } else if (channels != 1 && channels != 3 && channels != 4) {
      throw BadImageException.unsupported(channels + " channels");
    }
    componentsNamedRgb =
        channels == 3 && u8(body + 6) == 'R' && u8(body + 9) == 'G' && u8(body + 12) == 'B';
    progressive = segment.marker == SOF2;
    plain &= hasCommonSampling(body + 7);
    frame = segment;
    pictureSegments.add(segment);
  }

  /** Returns whether all quantization tables of a segment are 8-bit ones. */
  private boolean hasBytesOnly(int from, int end) throws BadImageException {
    for (int at = from; at < end; at += 65) {
      if (u8(at) >> 4 != 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the image is gray or its chroma is sampled as 4:4:4, 4:2:2 or 4:2:0. */
  private boolean hasCommonSampling(int at) throws BadImageException {
    int first = u8(at);
    if (channels == 1) {
      return first == 0x11;
    }
    return channels == 3
        && (first == 0x11 || first == 0x21 || first == 0x22)
        && u8(at + 3) == 0x11
        && u8(at + 6) == 0x11;
  }

  /**
   * Returns the number of the image's pixels times the number of scans that its markers announce.
   */
  @Override
  long work() throws BadImageException {
    int scans = 0;
    for (int at = scan; at < content.length - 1; ) {
      int marker = (content[at] & 0xFF) == 0xFF ? content[at + 1] & 0xFF : 0;
      if (marker == EOI) {
        break;
      }
      boolean hasLength = marker > 1 && marker < 0xFF && (marker < 0xD0 || marker > SOI);
      if (!hasLength) {
        at++;
      } else if (at + 3 < content.length) {
        scans += marker == SOS ? 1 : 0;
        at += 2 + u16be(at + 2);
      } else {
        break;
      }
    }
    if (scans > MOST_SCANS) {
      throw new BadImageException(
          ImageStatus.TOO_LARGE, scans + " scans; the limit is " + MOST_SCANS);
    }
    return (long) width * height * Math.max(1, scans);
  }

  /**
   * Looks for the end marker. It cannot occur inside image data, so the last one found follows the
   * scan. Many archives hold files in which the marker is missing, cut in two, or overwritten with
   * zeros. Such a file is complete if the decoder, given a marker where the zeros begin, finds all
   * pixels before it.
   */
  @Override
  void checkComplete() throws BadImageException {
    for (int at = content.length - 2; at > scan; at--) {
      if ((content[at] & 0xFF) == 0xFF && (content[at + 1] & 0xFF) == EOI) {
        return;
      }
    }
    endless = true;
    while (end > scan && content[end - 1] == 0) {
      end--;
    }
    // One zero may be the last byte of the data, and is their second half behind a byte 255.
    boolean zeros = end < content.length;
    end += zeros ? 1 : 0;
    if (!zeros && content[end - 1] == (byte) 0xFF) {
      end--;
    }
    if (!hasAllScans()) {
      throw noEnd();
    }
    note =
        (zeros ? "zeros in place of the end marker" : "the end marker is missing")
            + ", all pixels are there";
  }

  private BadImageException noEnd() {
    return BadImageException.truncated(
        "no end marker after " + content.length + " bytes, and pixels are missing");
  }

  /** Returns whether the scans cover all bits of all coefficients of each component. */
  private boolean hasAllScans() throws BadImageException {
    Map<Integer, int[]> bitsLeft = new HashMap<>();
    for (int i = 0; i < channels; i++) {
      int[] coefficients = new int[64];
      Arrays.fill(coefficients, Byte.MAX_VALUE);
      bitsLeft.put(u8(frame.from + 10L + 3L * i), coefficients);
    }
    int at = scan;
    while (at + 3 < end) {
      int marker = u8(at) == 0xFF ? u8(at + 1) : 0;
      if (marker == 0 || marker == 0xFF || (marker >= 0xD0 && marker <= SOI)) {
        at++;
        continue;
      }
      if (marker == SOS) {
        takeScan(at + 4, bitsLeft);
      }
      at += 2 + u16be(at + 2);
    }
    return bitsLeft.values().stream().flatMapToInt(Arrays::stream).allMatch(bits -> bits == 0);
  }

  private void takeScan(int at, Map<Integer, int[]> bitsLeft) throws BadImageException {
    int components = u8(at);
    int band = at + 1 + 2 * components;
    int last = Math.min(63, u8(band + 1));
    for (int i = 0; i < components; i++) {
      int[] coefficients = bitsLeft.get(u8(at + 1 + 2 * i));
      for (int k = u8(band); coefficients != null && k <= last; k++) {
        coefficients[k] = u8(band + 2) & 0xF;
      }
    }
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    return decode(clock, 1);
  }

  @Override
  Pixels decode(DecodeClock clock, int reduction) throws IOException {
    Pixels pixels = decodeByTurbo(reduction);
    return pixels == null ? decodeByJdk(clock) : pixels;
  }

  /**
   * Decodes by libjpeg-turbo. Returns null where the library is not installed, the file is of a
   * kind that is left to the JDK, or the library complains.
   */
  Pixels decodeByTurbo(int reduction) {
    return TurboJpeg.isAvailable() && isPlain()
        ? TurboJpeg.decode(pictureOnly(), width, height, channels, reduction)
        : null;
  }

  /**
   * Returns whether all versions of libjpeg decode this kind of file to the same pixels. They
   * differ in how they enlarge uncommon subsampling, in how they treat samples out of range, and in
   * how they smooth an unfinished progressive file.
   */
  private boolean isPlain() {
    return plain && !(channels == 3 && storedAsRgb()) && !progressive;
  }

  /**
   * Decodes by the JDK's reader. Its verdict on a file is final, whichever decoder was tried
   * before.
   */
  Pixels decodeByJdk(DecodeClock clock) throws IOException {
    ImageReader reader = Readers.of(ImageFormat.JPEG);
    List<String> warnings = new ArrayList<>();
    try (ImageInputStream stream = clock.open(pictureOnly())) {
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      Raster raster = reader.readRaster(0, null);
      for (String warning : warnings) {
        judge(warning);
      }
      return Pixels.of(toRgb(raster));
    } catch (IIOException e) {
      // A warning tells more about the cause than the error at which the decoder gave up.
      for (String warning : warnings) {
        judge(warning);
      }
      throw e;
    } finally {
      reader.dispose();
    }
  }

  /**
   * Judges a warning of the decoder. Some tell of damage that libjpeg fills with gray; others tell
   * of oddities that leave the picture whole.
   *
   * @throws BadImageException where the warning tells of damage
   */
  private void judge(String warning) throws BadImageException {
    if (endless && warning.contains("remature end")) {
      throw noEnd();
    } else if (warning.startsWith("Premature end of JPEG file")) {
      throw BadImageException.truncated("image data ends early");
    } else if (warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous bytes")) {
      throw BadImageException.corrupt(warning);
    }
  }

  /** Converts a raster, whose samples are as stored in the file's colour space, to RGB. */
  private PixelImage toRgb(Raster raster) throws BadImageException {
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    if (channels == 3) {
      if (!storedAsRgb()) {
        YcbcrConverter.toRgb(samples, 3);
      }
      return new PixelImage(width, height, samples);
    } else if (channels == 4) {
      if (adobeTransform == 2) {
        YcbcrConverter.toRgb(samples, 4); // YCCK: the ink is 255 less the light
        for (int i = 0; i < samples.length; i++) {
          samples[i] = (byte) (i % 4 == 3 ? samples[i] : ~samples[i]);
        }
      }
      return Rasters.cmykToRgb(raster, true);
    }
    byte[] rgb = new byte[3 * samples.length];
    for (int i = 0, at = 0; i < samples.length; i++, at += 3) {
      rgb[at] = samples[i];
      rgb[at + 1] = samples[i];
      rgb[at + 2] = samples[i];
    }
    return new PixelImage(width, height, rgb);
  }

  /**
   * Returns whether three components are RGB, by libjpeg's rule: JFIF says YCbCr, else Adobe's
   * marker decides, else the components' names.
   */
  private boolean storedAsRgb() {
    return !jfif && (adobeTransform < 0 ? componentsNamedRgb : adobeTransform == 0);
  }

  private byte[] pictureOnly() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + JFIF.length);
    out.write(0xFF);
    out.write(SOI);
    out.write(JFIF, 0, JFIF.length);
    for (Segment segment : pictureSegments) {
      out.write(content, segment.from, segment.end - segment.from);
    }
    out.write(content, scan, end - scan);
    if (endless) {
      out.write(0xFF);
      out.write(EOI);
    }
    return out.toByteArray();
  }
}
