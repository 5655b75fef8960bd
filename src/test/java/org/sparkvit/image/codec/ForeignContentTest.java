package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.ImageStatus;

/** Files that are none of the formats that decode, by the first bytes that their formats state. */
class ForeignContentTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);

  private static DecodedImage decode(byte[] content) {
    DecodedImage image = DECODER.decode(content, "photo.jpg");
    assertThat(image.format()).isNull();
    assertThat(image.isUsable()).isFalse();
    assertThat(image.reason()).doesNotContain("\n").hasSizeLessThan(200);
    return image;
  }

  private static byte[] latin1(String letters) {
    return Arrays.copyOf(letters.getBytes(StandardCharsets.ISO_8859_1), 400);
  }

  private static String ofText(String text) {
    DecodedImage image = decode(text.getBytes(StandardCharsets.UTF_8));
    assertThat(image.status()).isEqualTo(ImageStatus.BAD_MAGIC);
    return image.reason();
  }

  /** Major brand and compatible ones of a file type box. */
  private static byte[] box(String brands) {
    String box = "\0\0\0" + (char) (brands.length() + 12) + "ftyp" + brands.substring(0, 4);
    return latin1(box + "\0\0\0\0" + brands.substring(4) + "\0\0\0\bfree");
  }

  @ParameterizedTest
  @CsvSource({
    "'crx isom', a Canon camera's raw file (CR3); convert it to JPEG",
    "'jxl jxl ', JPEG XL; convert it to JPEG",
    "'qt  qt  ', a video (QuickTime); take its frames out as JPEG",
    "isomiso2mp41, 'a video (MP4 or of its kin, isom); take its frames out as JPEG'"
  })
  void namesWhatABoxOfBrandsHolds(String brands, String reason) {
    DecodedImage image = decode(box(brands));
    assertThat(image.status()).isEqualTo(ImageStatus.UNSUPPORTED);
    assertThat(image.reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "heicmif1heic, HEIC",
    "mif1mif1heicmiaf, HEIC",
    "hevcmsf1hevc, HEIC",
    "mif1mif1miaf, HEIC",
    "avifmif1miaf, AVIF",
    "mif1avifmiaf, AVIF",
    "avisavifmsf1, AVIF"
  })
  void tellsHeicAndAvifByTheirBrands(String brands, ImageFormat format) {
    assertThat(ImageFormat.ofContent(box(brands))).contains(format);
    DecodedImage image = DECODER.decode(box(brands), "photo.jpg");
    assertThat(image.status()).isEqualTo(ImageStatus.TRUNCATED);
    assertThat(image.reason()).isEqualTo("ends after 400 bytes, before it describes a picture");
  }

  @Test
  void namesPicturesInOtherFormats() {
    String[][] known = {
      {"\0\0\0\fJXL \r\n\u0087\n", "JPEG XL; convert it to JPEG"},
      {"\u00ff\n\u0000\u0010", "JPEG XL; convert it to JPEG"},
      {"\0\0\0\fjP  \r\n\u0087\n", "JPEG 2000; convert it to JPEG"},
      {"\u00ffO\u00ffQ\0/", "JPEG 2000 without its container; convert it to JPEG"},
      {"8BPS\0\u0001", "a Photoshop document; convert it to PNG"},
      {"%PDF-1.7\n", "a PDF document; draw its pages as PNG"},
      {"\0\0\u0001\0\u0001\0  ", "an icon (ICO); convert it to PNG"},
      {"DDS |\0\0\0", "a DirectDraw texture (DDS); convert it to PNG"},
      {"v/1\u0001\u0002\0\0\0", "OpenEXR; convert it to PNG"},
      {"FUJIFILMCCD-RAW 0201", "a Fujifilm camera's raw file; convert it to JPEG"},
      {"RIFF\0\0\0\0AVI LIST", "a video (AVI); take its frames out as JPEG"},
      {"\u001aE\u00df\u00a3\u0001", "a video (WebM, MKV); take its frames out as JPEG"},
      {"\0\0\0\u0014moov\0\0", "a video (QuickTime); take its frames out as JPEG"},
      {" ".repeat(128) + "DICM", "DICOM; export it as PNG"}
    };
    for (String[] file : known) {
      DecodedImage image = decode(latin1(file[0]));
      assertThat(image.status()).as(file[1]).isEqualTo(ImageStatus.UNSUPPORTED);
      assertThat(image.reason()).isEqualTo(file[1]);
    }
    byte[] tga = latin1("\0\0\u0002\0\0\0\0\0\0\0\0\0");
    System.arraycopy(latin1("TRUEVISION-XFILE."), 0, tga, tga.length - 18, 18);
    assertThat(decode(tga).reason()).isEqualTo("TGA; convert it to PNG");
    String svg = "<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>";
    assertThat(decode(svg.getBytes(StandardCharsets.UTF_8)).status())
        .isEqualTo(ImageStatus.UNSUPPORTED);
  }

  @Test
  void namesWhatStandsInAPicturesPlace() {
    assertThat(ofText("<!DOCTYPE html>\n<html><body>404</body></html>"))
        .isEqualTo("an HTML page, not an image: was the download refused?");
    assertThat(ofText("\uFEFF \n<HTML><head>")).startsWith("an HTML page");
    assertThat(ofText("<!-- served by x --><html>")).startsWith("an HTML page");
    assertThat(
            ofText(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>"
                    + "<Message>Access Denied</Message></Error>"))
        .isEqualTo("an XML error, AccessDenied, not an image: was the download refused?");
    assertThat(ofText("<?xml version=\"1.0\"?><annotation/>")).startsWith("an XML document");
    assertThat(ofText("{\"error\": \"rate limit\"}")).startsWith("a JSON document");
    assertThat(ofText("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n"))
        .isEqualTo("a Git LFS pointer: run 'git lfs pull'");
    assertThat(ofText("/annex/objects/SHA256E-s9--ab.jpg"))
        .isEqualTo("a git-annex pointer: run 'git annex get'");
    assertThat(ofText("Not Found\r\n")).isEqualTo("text, not an image: \"Not Found\"");
    assertThat(ofText("\u00e4".repeat(500))).startsWith("text, not an image: \"").hasSize(65);
    assertThat(ofText("\n \n")).isEqualTo("blanks and line ends only");
  }

  private static String insteadOfTar(byte[] start) {
    return ForeignContent.insteadOf("a tar file", start).orElse("nothing known");
  }

  private static String insteadOfTable(String start) {
    return ForeignContent.insteadOfText("a table", start.getBytes(StandardCharsets.ISO_8859_1))
        .orElse("nothing known");
  }

  @Test
  void namesWhatStandsInTheirPlaceForTarFilesAndTables() {
    assertThat(insteadOfTar(latin1("\u001f\u008b\b\0")))
        .isEqualTo("packed by gzip; unpack it first");
    assertThat(insteadOfTar(latin1("PK\u0003\u0004"))).isEqualTo("a zip archive; unpack it first");
    assertThat(insteadOfTar(latin1("\u00ff\u00d8\u00ff\u00e0")))
        .isEqualTo("an image (JPEG), not a tar file");
    assertThat(insteadOfTar("Not Found".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("text, not a tar file: \"Not Found\"");
    assertThat(insteadOfTar(new byte[0])).isEqualTo("empty: was it never written?");
    assertThat(insteadOfTar(latin1("\u0001\u0002\u0003"))).isEqualTo("nothing known");
    assertThat(insteadOfTable("<html><title>Sign in</title></html>"))
        .isEqualTo("an HTML page, not a table: was the download refused?");
    assertThat(insteadOfTable("<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>"))
        .isEqualTo("an XML error, NoSuchKey, not a table: was the download refused?");
    assertThat(insteadOfTable("version https://git-lfs.github.com/spec/v1\noid"))
        .isEqualTo("a Git LFS pointer: run 'git lfs pull'");
    assertThat(insteadOfTable("PAR1\u0015\u0004\u0000")).startsWith("a Parquet file");
    // What begins like other formats and is a table.
    for (String table :
        new String[] {
          "BMI,path,label\n",
          "Pfad;Klasse\n",
          "P5 \n",
          "{\"a\":1}",
          "[1]",
          "#define a,b\n",
          "ID3,b\n",
          "",
          "\n",
          "caf\u00e9,b\n",
          "p\0a\0t\0h\0"
        }) {
      assertThat(insteadOfTable(table)).as(table).isEqualTo("nothing known");
    }
  }

  @Test
  void namesArchivesDocumentsAndWhatWasNeverWritten() {
    assertThat(decode(latin1("PK\u0003\u0004\u0014")).reason())
        .isEqualTo("a zip archive; unpack it first");
    assertThat(decode(latin1("\u001f\u008b\b\0")).reason())
        .isEqualTo("packed by gzip; unpack it first");
    assertThat(decode(new byte[3000]).reason())
        .isEqualTo("zeros only: was the disk full, or was it never written?");
    assertThat(decode(latin1("\u0001\u0002\u0003\u0004")).reason())
        .isEqualTo("begins with 01 02 03 04, which is no format that is known");
    assertThat(decode(latin1("\r\n\u00ff\u00d8\u00ff\u00e0")).reason())
        .isEqualTo("begins with 0d 0a ff d8; a JPEG follows these 2 bytes");
    for (String name : new String[] {"PK\u0003\u0004", "\u0001\u0002\u0003", "\u001f\u008b"}) {
      assertThat(decode(latin1(name)).status()).isEqualTo(ImageStatus.BAD_MAGIC);
    }
  }

  /** However short the file is. */
  @Test
  void readsNothingBehindTheEnd() {
    String[] begins = {"\0\0\0 ftypmp42", "<?xml version", "\u00ff\u00fe<\0h", "PK\u0003\u0004"};
    for (String begin : begins) {
      for (int length = 1; length <= begin.length(); length++) {
        byte[] content = begin.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(decode(content).reason()).isNotBlank();
      }
    }
  }
}
