package org.sparkvit.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.ImageStatus;

/**
 * Describes a file that is in none of the formats that decode, in words and with the remedy. It may
 * be a picture in another format. It may also be something in a picture's place. Examples are the
 * error page of a refused download, or the pointer to a large file that was not fetched.
 *
 * @param status {@link ImageStatus#UNSUPPORTED} for pictures and for documents that hold some,
 *     {@link ImageStatus#BAD_MAGIC} for everything else
 * @param description one short line
 */
public record ForeignContent(ImageStatus status, String description) {
  private static final String TO_JPEG = "; convert it to JPEG";
  private static final String TO_PNG = "; convert it to PNG";
  private static final String UNPACK = "; unpack it first";
  private static final String NOT_DUE = ", not an image";
  private static final String REFUSED = NOT_DUE + ": was the download refused?";

  /** Matches web pages and pointers that stand in a table's place. */
  private static final Pattern PAGE = Pattern.compile("an HTML .*|an XML .*|a git.*|a Git .*");

  /** The number of bytes at the beginning of a file that are searched for words. */
  public static final int TEXT_BYTES = 4096;

  private static final String UNKNOWN = "begins with ";
  private static final int SHOWN_LETTERS = 40;

  /**
   * The distance from the beginning, in bytes, within which the start of a picture is looked for.
   */
  private static final int STRAY_BYTES = 1024;

  private static final Pattern ERROR_CODE = Pattern.compile("<Code>\\s*([\\w.-]{1,60})\\s*</Code>");

  /** A signature: the bytes at an offset, the name of what they announce, and the remedy. */
  private record Magic(int at, String bytes, String name, String remedy) {}

  /**
   * The signatures of pictures and of files that hold pictures. Bytes are letters of ISO 8859-1.
   */
  private static final List<Magic> PICTURES =
      List.of(
          new Magic(0, "\0\0\0\fJXL \r\n\u0087\n", "JPEG XL", TO_JPEG),
          new Magic(0, "\u00ff\n", "JPEG XL", TO_JPEG),
          new Magic(0, "\0\0\0\fjP  \r\n\u0087\n", "JPEG 2000", TO_JPEG),
          new Magic(0, "\u00ffO\u00ffQ", "JPEG 2000 without its container", TO_JPEG),
          new Magic(0, "II\u00bc\u0001", "JPEG XR", TO_JPEG),
          new Magic(0, "8BPS", "a Photoshop document", TO_PNG),
          new Magic(0, "gimp xcf", "a GIMP document", TO_PNG),
          new Magic(0, "%PDF-", "a PDF document", "; draw its pages as PNG"),
          new Magic(0, "%!PS", "a PostScript drawing", "; draw it as PNG"),
          new Magic(0, "\u00c5\u00d0\u00d3\u00c6", "a PostScript drawing", "; draw it as PNG"),
          new Magic(0, "\u00d7\u00cd\u00c6\u009a", "a Windows metafile", "; draw it as PNG"),
          new Magic(40, " EMF", "a Windows metafile", "; draw it as PNG"),
          new Magic(0, "AT&TFORM", "a DjVu document", "; draw its pages as PNG"),
          new Magic(0, "\0\0\u0001\0", "an icon (ICO)", TO_PNG),
          new Magic(0, "\0\0\u0002\0\u0001\0", "a mouse pointer (CUR)", TO_PNG),
          new Magic(0, "icns", "an icon (ICNS)", TO_PNG),
          new Magic(0, "DDS ", "a DirectDraw texture (DDS)", TO_PNG),
          new Magic(0, "\u00abKTX ", "a texture (KTX)", TO_PNG),
          new Magic(0, "v/1\u0001", "OpenEXR", TO_PNG),
          new Magic(0, "#?RADIANCE", "Radiance HDR", TO_PNG),
          new Magic(0, "#?RGBE", "Radiance HDR", TO_PNG),
          new Magic(0, "qoif", "QOI", TO_PNG),
          new Magic(0, "FLIF", "FLIF", TO_PNG),
          new Magic(0, "BPG\u00fb", "BPG", TO_PNG),
          new Magic(0, "\u008aMNG\r\n", "an MNG animation", TO_PNG),
          new Magic(0, "\u0001\u00da\0\u0001", "an SGI image", TO_PNG),
          new Magic(0, "\u0001\u00da\u0001\u0001", "an SGI image", TO_PNG),
          new Magic(0, "\n\u0005\u0001", "PCX", TO_PNG),
          new Magic(0, "Y\u00a6j\u0095", "a Sun raster", TO_PNG),
          new Magic(0, "/* XPM */", "an X pixmap (XPM)", TO_PNG),
          new Magic(0, "#define ", "an X bitmap (XBM) or a program", TO_PNG),
          new Magic(0, "Pf", "a floating-point map (PFM)", TO_PNG),
          new Magic(0, "PF\n", "a floating-point map (PFM)", TO_PNG),
          new Magic(0, "P7\n", "PAM", TO_PNG),
          new Magic(128, "DICM", "DICOM", "; export it as PNG"),
          new Magic(0, "SIMPLE  =", "FITS", "; export it as PNG"),
          new Magic(344, "n+1\0", "NIfTI", "; export its slices as PNG"),
          new Magic(0, "IIU\0", "a Panasonic camera's raw file", TO_JPEG),
          new Magic(0, "IIRO", "an Olympus camera's raw file", TO_JPEG),
          new Magic(0, "IIRS", "an Olympus camera's raw file", TO_JPEG),
          new Magic(0, "MMOR", "an Olympus camera's raw file", TO_JPEG),
          new Magic(0, "FUJIFILMCCD-RAW", "a Fujifilm camera's raw file", TO_JPEG),
          new Magic(0, "FOVb", "a Sigma camera's raw file", TO_JPEG),
          new Magic(0, "\0MRM", "a Minolta camera's raw file", TO_JPEG),
          new Magic(8, "AVI ", "a video (AVI)", "; take its frames out as JPEG"),
          new Magic(
              0, "\u001aE\u00df\u00a3", "a video (WebM, MKV)", "; take its frames out as JPEG"),
          new Magic(0, "FLV\u0001", "a video (FLV)", "; take its frames out as JPEG"),
          new Magic(0, "\0\0\u0001\u00ba", "a video (MPEG)", "; take its frames out as JPEG"),
          new Magic(0, "\0\0\u0001\u00b3", "a video (MPEG)", "; take its frames out as JPEG"),
          new Magic(0, "0&\u00b2u\u008ef", "a video (WMV)", "; take its frames out as JPEG"),
          new Magic(0, "OggS", "a video or sound (Ogg)", "; take its frames out as JPEG"),
          new Magic(4, "moov", "a video (QuickTime)", "; take its frames out as JPEG"),
          new Magic(4, "mdat", "a video (QuickTime)", "; take its frames out as JPEG"));

  private static final List<Magic> OTHERS =
      List.of(
          new Magic(0, "PK\u0003\u0004", "a zip archive", UNPACK),
          new Magic(0, "PK\u0005\u0006", "an empty zip archive", ""),
          new Magic(0, "\u001f\u008b", "packed by gzip", UNPACK),
          new Magic(0, "BZh", "packed by bzip2", UNPACK),
          new Magic(0, "\u00fd7zXZ\0", "packed by xz", UNPACK),
          new Magic(0, "(\u00b5/\u00fd", "packed by zstd", UNPACK),
          new Magic(0, "7z\u00bc\u00af'\u001c", "a 7z archive", UNPACK),
          new Magic(0, "Rar!\u001a\u0007", "a RAR archive", UNPACK),
          new Magic(257, "ustar", "a tar archive", "; give it as --input"),
          new Magic(0, "\u00d0\u00cf\u0011\u00e0", "a Microsoft document (OLE)", ""),
          new Magic(0, "PAR1", "a Parquet file", "; give it as --input"),
          new Magic(0, "\u0093NUMPY", "an array of numpy", "; write it as PNG"),
          new Magic(0, "\u0089HDF\r\n", "HDF5", "; write its images as PNG"),
          new Magic(8, "WAVE", "sound (WAV)", ""),
          new Magic(0, "ID3", "sound (MP3)", ""),
          new Magic(0, "fLaC", "sound (FLAC)", ""),
          new Magic(0, "SQLite format 3", "an SQLite database", ""),
          new Magic(0, "\u007fELF", "a program", ""),
          new Magic(0, "\0\u0005\u0016\u0007", "a Mac's extra data of a file (AppleDouble)", ""),
          new Magic(0, "\0\0\0\u0001Bud1", "a Mac's folder settings (.DS_Store)", ""),
          new Magic(0, "/annex/objects/", "a git-annex pointer", ": run 'git annex get'"),
          new Magic(0, "version https://git-lfs", "a Git LFS pointer", ": run 'git lfs pull'"));

  /**
   * Describes what a file holds instead of what is due, in words that follow "is".
   *
   * @param due the kind of file that is due, such as "a tar file"
   * @param start the first {@link #TEXT_BYTES} of the file, or all of a shorter one
   * @return the description, or empty where the beginning is of no known kind
   */
  public static Optional<String> insteadOf(String due, byte[] start) {
    if (start.length == 0) {
      return Optional.of("empty: was it never written?");
    }
    Optional<ImageFormat> image = ImageFormat.ofContent(start);
    if (image.isPresent()) {
      return Optional.of("an image (" + image.get() + "), not " + due);
    }
    String found = of(start).description;
    return found.startsWith(UNKNOWN)
        ? Optional.empty()
        : Optional.of(found.replace(NOT_DUE, ", not " + due));
  }

  /**
   * Describes what a file holds instead of text, as {@link #insteadOf} does. A text may begin with
   * any letters, so only web pages and pointers to other files count.
   */
  public static Optional<String> insteadOfText(String due, byte[] start) {
    String text = text(start);
    if (text == null) {
      return insteadOf(due, start);
    }
    boolean pointer =
        OTHERS.stream()
            .anyMatch(magic -> magic.name.endsWith("pointer") && has(start, magic.at, magic.bytes));
    Optional<String> found =
        pointer
            ? Optional.of(of(start).description)
            : Optional.of(ofText(text).description.replace(NOT_DUE, ", not " + due));
    return found.filter(what -> PAGE.matcher(what).matches());
  }

  /** Describes a file that is in none of the {@link ImageFormat}s. */
  static ForeignContent of(byte[] content) {
    Optional<IsoBrands> brands = IsoBrands.of(content, 0);
    if (brands.isPresent()) {
      return picture(isoBaseMedia(brands.get()));
    }
    for (Magic magic : OTHERS) {
      if (has(content, magic.at, magic.bytes)) {
        return noPicture(magic.name + magic.remedy);
      }
    }
    for (Magic magic : PICTURES) {
      if (has(content, magic.at, magic.bytes)) {
        return picture(magic.name + magic.remedy);
      }
    }
    if (has(content, content.length - 18, "TRUEVISION-XFILE.")) {
      return picture("TGA" + TO_PNG);
    }
    String text = text(content);
    return text == null ? unknown(content) : ofText(text);
  }

  private static ForeignContent picture(String description) {
    return new ForeignContent(ImageStatus.UNSUPPORTED, description);
  }

  private static ForeignContent noPicture(String description) {
    return new ForeignContent(ImageStatus.BAD_MAGIC, description);
  }

  /** Returns the name of a format that is in the container of the ISO base media format. */
  private static String isoBaseMedia(IsoBrands brands) {
    return switch (brands.major()) {
      case "crx " -> "a Canon camera's raw file (CR3)" + TO_JPEG;
      case "jxl " -> "JPEG XL" + TO_JPEG;
      case "qt  " -> "a video (QuickTime); take its frames out as JPEG";
      default ->
          "a video (MP4 or of its kin, "
              + printable(brands.major())
              + "); take its frames out as JPEG";
    };
  }

  private static ForeignContent ofText(String text) {
    String start = text.stripLeading();
    String lower = start.toLowerCase(Locale.ROOT);
    if (start.isEmpty()) {
      return noPicture("blanks and line ends only");
    } else if (lower.startsWith("<!doctype html")
        || lower.startsWith("<html")
        || (start.startsWith("<") && lower.contains("<html"))) {
      return noPicture("an HTML page" + REFUSED);
    } else if (start.startsWith("<") && lower.contains("<svg")) {
      return picture("an SVG drawing; draw it as PNG");
    } else if (start.startsWith("<?xml") || start.startsWith("<Error")) {
      Matcher code = ERROR_CODE.matcher(start);
      return noPicture(
          (code.find() ? "an XML error, " + code.group(1) : "an XML document") + REFUSED);
    } else if (start.startsWith("{") || start.startsWith("[")) {
      return noPicture("a JSON document" + REFUSED);
    }
    String line = start.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}+", " ").strip();
    String shown = line.length() <= SHOWN_LETTERS ? line : line.substring(0, SHOWN_LETTERS) + "...";
    return noPicture("text" + NOT_DUE + ": \"" + shown + '"');
  }

  private static ForeignContent unknown(byte[] content) {
    int stray = 1;
    while (stray < STRAY_BYTES && ImageFormat.ofContent(content, stray).isEmpty()) {
      stray++;
    }
    String begin = UNKNOWN + firstBytes(content);
    if (stray < STRAY_BYTES) {
      ImageFormat format = ImageFormat.ofContent(content, stray).orElseThrow();
      if (format == ImageFormat.JPEG || format == ImageFormat.PNG) {
        return noPicture(begin + "; a " + format + " follows these " + stray + " bytes");
      }
    }
    for (byte b : content) {
      if (b != 0) {
        return noPicture(begin + ", which is no format that is known");
      }
    }
    return noPicture("zeros only: was the disk full, or was it never written?");
  }

  /** Returns the first bytes as text, or null where they are not text. */
  private static String text(byte[] content) {
    int length = Math.min(content.length, TEXT_BYTES);
    if (has(content, 0, "\u00ff\u00fe") || has(content, 0, "\u00fe\u00ff")) {
      return new String(content, 0, length & ~1, StandardCharsets.UTF_16);
    }
    for (int i = 0; i < length; i++) {
      int b = content[i] & 0xFF;
      if (b == 0x7F || (b < ' ' && (b < '\t' || b > '\r') && b != 0x1B)) {
        return null;
      }
    }
    String text = new String(content, 0, length, StandardCharsets.UTF_8);
    text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    // Letters of other encodings are rare in a text; bytes of a picture are mostly such.
    long odd = text.chars().filter(c -> c == '\uFFFD').count();
    return odd * 4 > text.length() ? null : text;
  }

  private static String printable(String letters) {
    return letters.replaceAll("[^ -~]", "?");
  }

  private static boolean has(byte[] content, int at, String bytes) {
    if (at < 0 || at + bytes.length() > content.length) {
      return false;
    }
    for (int i = 0; i < bytes.length(); i++) {
      if ((content[at + i] & 0xFF) != bytes.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static String firstBytes(byte[] content) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < Math.min(4, content.length); i++) {
      hex.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "%02x", content[i]));
    }
    return hex.toString();
  }
}
