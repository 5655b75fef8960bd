package org.sparkvit.image.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.sparkvit.image.Pixels;

/**
 * PNG (W3C Recommendation, third edition) and the first frame of APNG.
 *
 * <p>The JDK's reader fails on some metadata and on data missing behind the pixels. So it reads a
 * copy with only the chunks that make the picture, with all compressed data in one chunk. Whether
 * the chunks are complete is checked here.
 */
final class PngImage extends EncodedImage {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int CHUNK_HEADER_BYTES = 8;
  private static final int CRC_BYTES = 4;
  private static final Set<String> TEXTS = Set.of("tEXt", "zTXt", "iTXt");

  /**
   * The first column and row of each pass of an interlaced image, and the distances to its next
   * column and row.
   */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  /** The largest text in bytes that is read as metadata. */
  private static final int MOST_TEXT_BYTES = 1 << 22;

  private int bitsPerPixel;
  private boolean interlaced;
  private final ByteArrayOutputStream picture = new ByteArrayOutputStream();

  /** The compressed pixels of all chunks, concatenated. */
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  /** The reason to doubt the compressed pixels, or empty. */
  private String doubt = "";

  /** Whether the doubt is that the data are cut off; otherwise it is that they are corrupt. */
  private boolean cut;

  PngImage(byte[] content) {
    super(content);
  }

  @Override
  void readHeader() throws BadImageException {
    int at = SIGNATURE.length;
    if (content.length >= at + CHUNK_HEADER_BYTES && !has(at + 4, "IHDR")) {
      throw BadImageException.corrupt("does not begin with a header chunk");
    }
    int body = at + CHUNK_HEADER_BYTES;
    int depth = u8(body + 8);
    int colour = u8(body + 9);
    channels =
        switch (colour) {
          case 0, 3 -> 1;
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> throw BadImageException.corrupt("colour type " + colour);
        };
    size(u32be(body), u32be(body + 4));
    if (depth != 16 && depth != 8 && (channels != 1 || (depth != 1 && depth != 2 && depth != 4))) {
      throw BadImageException.corrupt(depth + " bits per sample");
    }
    bitsPerPixel = channels * depth;
    interlaced = u8(body + 12) != 0;
    readOrientation();
  }

  private void readOrientation() throws BadImageException {
    int exif = -1;
    int profile = 0;
    int xmp = 0;
    long at = SIGNATURE.length;
    while (at + CHUNK_HEADER_BYTES <= content.length) {
      long length = u32be(at);
      int begin = (int) at + CHUNK_HEADER_BYTES;
      int end = (int) Math.min(content.length, begin + length);
      if (has(at + 4, "eXIf")) {
        exif = TiffDirectory.orientation(content, begin, end);
      } else if (TEXTS.contains(type(at))) {
        int text = indexOfZero(begin, end) + 1;
        String keyword = new String(content, begin, text - 1 - begin, StandardCharsets.ISO_8859_1);
        if (keyword.equals("Raw profile type exif")) {
          profile = profileOrientation(text(type(at), text, end));
        } else if (keyword.equals("XML:com.adobe.xmp")) {
          byte[] packet = text(type(at), text, end);
          xmp = Xmp.orientation(packet, 0, packet.length);
        }
      }
      at += length + CHUNK_HEADER_BYTES + CRC_BYTES;
    }
    turn(exif < 0 ? profile : exif, xmp);
  }

  private int indexOfZero(int begin, int end) {
    int at = begin;
    while (at < end && content[at] != 0) {
      at++;
    }
    return at;
  }

  /** Returns the text of a chunk without its keyword, or no bytes where it cannot be read. */
  private byte[] text(String type, int from, int end) throws BadImageException {
    int at = from;
    boolean compressed = type.equals("zTXt");
    if (type.equals("iTXt")) {
      compressed = at < end && u8(at) != 0;
      // Behind the method there are a language and a translated keyword.
      at = indexOfZero(indexOfZero(Math.min(end, at + 2), end) + 1, end);
    }
    at = Math.min(end, type.equals("tEXt") ? at : at + 1);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    if (!compressed) {
      text.write(content, at, end - at);
      return text.toByteArray();
    }
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(content, at, end - at);
      byte[] part = new byte[1 << 12];
      for (int count; (count = inflater.inflate(part)) > 0 && text.size() < MOST_TEXT_BYTES; ) {
        text.write(part, 0, count);
      }
    } catch (DataFormatException e) {
      return new byte[0]; // damaged metadata does not make a damaged picture
    } finally {
      inflater.end();
    }
    return text.toByteArray();
  }

  /**
   * Returns the orientation in a raw profile as ImageMagick writes it: EXIF in hexadecimal digits
   * behind three lines of words.
   */
  private static int profileOrientation(byte[] text) {
    String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\n", 4);
    if (lines.length < 4) {
      return 0;
    }
    byte[] exif;
    try {
      exif = HexFormat.of().parseHex(lines[3].replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      return 0;
    }
    boolean prefixed = new String(exif, StandardCharsets.ISO_8859_1).startsWith("Exif\0\0");
    return TiffDirectory.orientation(exif, prefixed ? 6 : 0, exif.length);
  }

  /**
   * Collects the chunks that make the picture. They must be complete and have the right checksum.
   * The compressed pixels need not, as unpacking shows whether all of them are there. Errors behind
   * them become a note.
   */
  @Override
  void checkComplete() throws BadImageException {
    picture.writeBytes(SIGNATURE);
    long at = SIGNATURE.length;
    boolean behindPixels = false;
    while (!has(at + 4, "IEND")) {
      boolean pixels = has(at + 4, "IDAT");
      behindPixels |= !pixels && data.size() > 0;
      long length = at + CHUNK_HEADER_BYTES <= content.length ? u32be(at) : 0;
      long end = at + CHUNK_HEADER_BYTES + length + CRC_BYTES;
      if (end > content.length) {
        String ends = "ends after " + content.length + " bytes, inside of a chunk";
        if (pixels && !behindPixels) {
          takePixels(at, Math.max(0, content.length - at - CHUNK_HEADER_BYTES));
          doubt = ends;
          cut = true;
        } else if (data.size() == 0) {
          throw BadImageException.truncated(ends);
        } else {
          note =
              at + CHUNK_HEADER_BYTES > content.length
                  ? "the end chunk is missing"
                  : ends + " behind the pixels";
        }
        break;
      }
      boolean critical = (u8(at + 4) & 0x20) == 0;
      boolean sound = !critical || crc(content, (int) at + 4, length + 4) == u32be(end - CRC_BYTES);
      String wrong = "wrong checksum in the chunk at byte " + at;
      if (pixels && !behindPixels) {
        takePixels(at, length);
        doubt = sound ? doubt : wrong;
      } else if (!sound && data.size() == 0) {
        throw BadImageException.corrupt(wrong);
      } else if (!sound) {
        note = wrong + " behind the pixels";
        break;
      } else if (makesPicture(at, length) && data.size() == 0) {
        picture.write(content, (int) at, (int) (end - at));
      }
      at = end;
    }
    if (data.size() == 0) {
      throw cut ? BadImageException.truncated(doubt) : BadImageException.corrupt("has no pixels");
    }
  }

  private void takePixels(long at, long length) {
    data.write(content, (int) at + CHUNK_HEADER_BYTES, (int) length);
  }

  /**
   * Returns whether a chunk belongs to the picture. A transparency chunk of a wrong length does
   * not, as the reader would fail on it.
   */
  private boolean makesPicture(long at, long length) {
    return switch (type(at)) {
      case "IHDR", "PLTE" -> true;
      case "tRNS" ->
          channels == 3
              ? length == 6
              : channels == 1 && (content[SIGNATURE.length + 17] == 3 || length == 2);
      default -> false;
    };
  }

  private String type(long at) {
    return new String(content, (int) at + 4, 4, StandardCharsets.ISO_8859_1);
  }

  private static long crc(byte[] bytes, int from, long length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, (int) length);
    return crc.getValue();
  }

  @Override
  Pixels decode(DecodeClock clock) throws IOException {
    byte[] compressed = data.toByteArray();
    if (!doubt.isEmpty()) {
      checkPixels(compressed);
      note = doubt + ", all pixels are there";
    }
    writeChunk("IDAT", compressed);
    writeChunk("IEND", new byte[0]);
    ImageReader reader = Readers.of(ImageFormat.PNG);
    try (ImageInputStream stream = clock.open(picture.toByteArray())) {
      reader.setInput(stream, true, true);
      return Pixels.of(Rasters.toRgb(reader.read(0)));
    } finally {
      reader.dispose();
    }
  }

  private void writeChunk(String type, byte[] body) {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_HEADER_BYTES + body.length + CRC_BYTES);
    chunk.putInt(body.length).put(type.getBytes(StandardCharsets.ISO_8859_1)).put(body);
    chunk.putInt((int) crc(chunk.array(), 4, body.length + 4L));
    picture.writeBytes(chunk.array());
  }

  /**
   * Checks that all pixels can be unpacked and, if the data are not cut off, that their own
   * checksum is right.
   */
  private void checkPixels(byte[] compressed) throws BadImageException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(compressed);
      byte[] part = new byte[1 << 16];
      long left = bytesOfPixels();
      for (int count; (count = inflater.inflate(part)) > 0; ) {
        left -= count;
      }
      if (left > 0 || (!cut && !inflater.finished())) {
        throw cut ? BadImageException.truncated(doubt) : BadImageException.corrupt(doubt);
      }
    } catch (DataFormatException e) {
      throw BadImageException.corrupt(cut ? "broken pixel data: " + e.getMessage() : doubt);
    } finally {
      inflater.end();
    }
  }

  /**
   * Returns the number of unpacked bytes, including the byte before each row that names its filter.
   */
  private long bytesOfPixels() {
    if (!interlaced) {
      return height * (1 + ((long) width * bitsPerPixel + 7) / 8);
    }
    long bytes = 0;
    for (int[] pass : PASSES) {
      long columns = (width - pass[0] + pass[2] - 1L) / pass[2];
      long rows = (height - pass[1] + pass[3] - 1L) / pass[3];
      if (columns > 0 && rows > 0) {
        bytes += rows * (1 + (columns * bitsPerPixel + 7) / 8);
      }
    }
    return bytes;
  }
}
