package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.Background;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;

/**
 * Pictures that libheif's own program wrote from drawn ones. What is decoded has to be near the
 * drawing, and exactly what libheif's other program makes of the file.
 */
class HeifTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);

  /** Encoder options by which no sample changes by more than a rounding of colours. */
  private static final List<String> LOSSLESS =
      List.of("-L", "-p", "chroma=444", "--matrix_coefficients=0");

  private static final List<String> LOSSY = List.of("-q", "90");

  @TempDir private Path folder;

  @BeforeEach
  void needsTheLibraryAndItsPrograms() {
    assumeTrue(Heif.support().isComplete(), Heif.support().description());
    assumeTrue(hasProgram("heif-enc"), "heif-enc of libheif-examples is not installed");
  }

  private static boolean hasProgram(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(place -> Files.isExecutable(Path.of(place, name)));
  }

  private static void run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s", command).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as("%s", command).isZero();
  }

  private static BufferedImage drawing(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    boolean alpha = image.getColorModel().hasAlpha();
    graphics.setPaint(
        new GradientPaint(
            0, 0, new Color(255, 160, 0, alpha ? 0 : 255), width, height, new Color(20, 40, 220)));
    graphics.fillRect(0, 0, width, height);
    graphics.setColor(Color.RED);
    graphics.fillRect(width / 8, height / 8, width / 4, height / 4);
    graphics.dispose();
    return image;
  }

  private Path png(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private byte[] encode(String name, List<String> options, Path... pictures) throws IOException {
    Path file = folder.resolve(name);
    List<String> command = new ArrayList<>(List.of("heif-enc"));
    command.addAll(options);
    if (name.endsWith(".avif")) {
      command.add("-A");
    }
    for (Path picture : pictures) {
      command.add(picture.toString());
    }
    command.addAll(List.of("-o", file.toString()));
    run(command);
    return Files.readAllBytes(file);
  }

  private static PixelImage ok(byte[] content, String name) {
    DecodedImage image = DECODER.decode(content, name);
    assertThat(image.reason()).as(name).isEmpty();
    assertThat(image.status()).as(name).isEqualTo(ImageStatus.OK);
    return image.pixels();
  }

  /** What libheif's program that converts to PNG says, which turns the picture as the file says. */
  private PixelImage converted(String name) throws IOException {
    Path file = folder.resolve(name + ".png");
    String program = hasProgram("heif-dec") ? "heif-dec" : "heif-convert";
    run(List.of(program, folder.resolve(name).toString(), file.toString()));
    return ok(Files.readAllBytes(file), file.toString());
  }

  private static int mostDifference(byte[] some, byte[] others) {
    assertThat(some).hasSameSizeAs(others);
    return IntStream.range(0, some.length)
        .map(i -> Math.abs((some[i] & 0xFF) - (others[i] & 0xFF)))
        .max()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.heic", "x.avif"})
  void hasThePixelsOfTheDrawing(String name) throws IOException {
    for (int[] size : new int[][] {{200, 120}, {64, 64}, {129, 67}, {517, 33}}) {
      Path drawn = png("x.png", drawing(size[0], size[1], BufferedImage.TYPE_3BYTE_BGR));
      PixelImage right = ok(Files.readAllBytes(drawn), "x.png");
      byte[] file = encode(name, LOSSLESS, drawn);
      DecodedImage whole = DECODER.decode(file, name);
      assertThat(whole.width()).isEqualTo(size[0]);
      assertThat(whole.height()).isEqualTo(size[1]);
      assertThat(whole.channels()).isEqualTo(3);
      assertThat(whole.orientation()).isEqualTo(1);
      assertThat(mostDifference(whole.pixels().rgb(), right.rgb())).isLessThan(2);
      PixelImage lossy = ok(encode(name, LOSSY, drawn), name);
      assertThat(lossy.width()).isEqualTo(size[0]);
      assertThat(mean(lossy.rgb(), right.rgb())).isLessThan(3);
      assertThat(lossy.rgb()).isEqualTo(converted(name).rgb());
    }
  }

  private static double mean(byte[] some, byte[] others) {
    assertThat(some).hasSameSizeAs(others);
    return IntStream.range(0, some.length)
        .map(i -> Math.abs((some[i] & 0xFF) - (others[i] & 0xFF)))
        .average()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.heic", "x.avif"})
  void alphaIsReadAndPutOnABackground(String name) throws IOException {
    Path drawn = png("x.png", drawing(64, 48, BufferedImage.TYPE_INT_ARGB));
    PixelImage right = ok(Files.readAllBytes(drawn), "x.png");
    byte[] file = encode(name, LOSSLESS, drawn);
    DecodedImage image = DECODER.decode(file, name);
    assertThat(image.channels()).isEqualTo(4);
    assertThat(mostDifference(image.pixels().alpha(), right.alpha())).isLessThan(2);
    assertThat(mostDifference(image.pixels().rgb(), right.rgb())).isLessThan(2);
    PixelImage white =
        new ImageDecoder(DecodeLimits.DEFAULT, new Background(0xFFFFFF))
            .decode(file, name)
            .pixels();
    assertThat(white.alpha()).isNull();
    assertThat(white.rgb())
        .isEqualTo(Transparency.over(image.pixels(), new Background(0xFFFFFF)).rgb());
    encode(name, LOSSY, drawn);
    assertThat(ok(Files.readAllBytes(folder.resolve(name)), name).alpha())
        .isEqualTo(converted(name).alpha());
  }

  @Test
  void coloursThatAreMultipliedByTheirAlphaAreDivided() throws IOException {
    BufferedImage half = new BufferedImage(32, 32, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 32 * 32; i++) {
      half.setRGB(i % 32, i / 32, 0x80402010); // as it is stored: 128 of (128, 64, 32)
    }
    List<String> options = new ArrayList<>(LOSSLESS);
    options.add("--premultiplied-alpha");
    PixelImage image = ok(encode("x.avif", options, png("x.png", half)), "x.avif");
    assertThat(image.alpha()[100] & 0xFF).isEqualTo(128);
    assertThat(image.rgb()[300] & 0xFF).isBetween(126, 129);
    assertThat(image.rgb()[301] & 0xFF).isBetween(62, 65);
    assertThat(image.rgb()[302] & 0xFF).isBetween(30, 33);
  }

  @Test
  void turningsOfTheFileAreApplied() throws IOException {
    Path drawn = png("x.png", drawing(128, 64, BufferedImage.TYPE_3BYTE_BGR));
    for (String name : new String[] {"x.heic", "x.avif"}) {
      byte[] file = encode(name, LOSSY, drawn);
      PixelImage stored = ok(file, name);
      for (int turns = 0; turns < 4; turns++) {
        byte[] turned = HeifBoxes.withProperty(file, "irot", turns);
        Files.write(folder.resolve(name), turned);
        DecodedImage image = DECODER.decode(turned, name);
        assertThat(image.reason()).isEmpty();
        assertThat(image.width()).isEqualTo(turns % 2 == 0 ? 128 : 64);
        assertThat(image.height()).isEqualTo(turns % 2 == 0 ? 64 : 128);
        assertThat(image.orientation()).isEqualTo(1);
        int exif = new int[] {1, 8, 3, 6}[turns]; // the same turns, counter-clockwise
        assertThat(image.pixels().rgb())
            .as("%s %s", name, turns)
            .isEqualTo(Orientation.upright(Pixels.of(stored), exif).toImage().rgb());
        assertThat(image.pixels().rgb()).isEqualTo(converted(name).rgb());
      }
      for (int axis = 0; axis < 2; axis++) {
        byte[] mirrored = HeifBoxes.withProperty(file, "imir", axis);
        Files.write(folder.resolve(name), mirrored);
        byte[] rgb = ok(mirrored, name).rgb();
        assertThat(rgb).isEqualTo(converted(name).rgb()).isNotEqualTo(stored.rgb());
      }
    }
  }

  /** A phone's EXIF repeats what the file's own turning says, and would turn twice. */
  @Test
  void orientationInExifIsNotApplied() throws IOException {
    BufferedImage drawn = drawing(96, 64, BufferedImage.TYPE_3BYTE_BGR);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(drawn, "jpg", bytes);
    Path source = Files.write(folder.resolve("x.jpg"), withOrientation(bytes.toByteArray(), 6));
    byte[] file = encode("x.heic", LOSSY, source);
    String text = new String(file, StandardCharsets.ISO_8859_1);
    assertThat(text).contains("Exif");
    DecodedImage image = DECODER.decode(file, "x.heic");
    // Later versions of the program write the turning, too.
    assertThat(image.width()).isEqualTo(text.contains("irot") ? 64 : 96);
    assertThat(image.orientation()).isEqualTo(1);
  }

  private static byte[] withOrientation(byte[] jpeg, int orientation) {
    ByteBuffer out = ByteBuffer.allocate(jpeg.length + 36);
    out.put(jpeg, 0, 2).putShort((short) 0xFFE1).putShort((short) 34);
    out.put("Exif\0\0MM\0*".getBytes(StandardCharsets.ISO_8859_1)).putInt(8).putShort((short) 1);
    out.putShort((short) 0x0112).putShort((short) 3).putInt(1);
    out.putShort((short) orientation).putShort((short) 0).putInt(0);
    return out.put(jpeg, 2, jpeg.length - 2).array();
  }

  /** 128 times 64 pixels of 16 bits in each of three channels. */
  private static BufferedImage deepImage() {
    ColorModel colours =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            java.awt.Transparency.OPAQUE,
            DataBuffer.TYPE_USHORT);
    return new BufferedImage(colours, colours.createCompatibleWritableRaster(128, 64), false, null);
  }

  private static byte[] pixi(int bits) {
    return new byte[] {'p', 'i', 'x', 'i', 0, 0, 0, 0, 3, (byte) bits, (byte) bits, (byte) bits};
  }

  @Test
  void tenAndTwelveBitsBecomeEight() throws IOException {
    BufferedImage deep = deepImage();
    WritableRaster raster = deep.getRaster();
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 128; x++) {
        raster.setPixel(x, y, new int[] {512 * x, 512 * x, 512 * x});
      }
    }
    Path source = png("x.png", deep);
    List<List<String>> depths =
        List.of(
            List.of("x.avif", "-q", "95", "-b", "10", "-p", "chroma=422"),
            List.of("x.avif", "-q", "95", "-b", "12"),
            List.of("x.heic", "-q", "95", "-b", "10"));
    for (List<String> depth : depths) {
      String name = depth.get(0);
      byte[] file = encode(name, depth.subList(1, depth.size()), source);
      assertThat(file).as("bits a sample").containsSequence(pixi(Integer.parseInt(depth.get(4))));
      PixelImage image = ok(file, name);
      for (int x = 0; x < 128; x++) {
        int at = 3 * (32 * 128 + x);
        assertThat(image.rgb()[at] & 0xFF).as(name).isBetween(2 * x - 4, 2 * x + 4);
        assertThat(image.rgb()[at + 2]).isEqualTo(image.rgb()[at]);
      }
    }
  }

  @Test
  void ofSeveralPicturesTheFirstCounts() throws IOException {
    Path large = png("large.png", drawing(96, 64, BufferedImage.TYPE_3BYTE_BGR));
    Path small = png("small.png", drawing(40, 48, BufferedImage.TYPE_3BYTE_BGR));
    assertThat(ok(encode("x.heic", LOSSY, large, small), "x.heic").width()).isEqualTo(96);
    assertThat(ok(encode("x.heic", LOSSY, small, large), "x.heic").width()).isEqualTo(40);
  }

  @Test
  void theExtensionOfTheOtherFormatIsNoted() throws IOException {
    byte[] file = encode("x.avif", LOSSY, png("x.png", drawing(40, 40, 1)));
    DecodedImage image = DECODER.decode(file, "x.heic");
    assertThat(image.status()).isEqualTo(ImageStatus.EXT_MISMATCH);
    assertThat(image.reason()).isEqualTo("AVIF content in a file named as HEIC");
  }

  @Test
  void whatIsCutIsTruncatedAtEveryLength() throws IOException {
    for (String name : new String[] {"x.heic", "x.avif"}) {
      byte[] whole = encode(name, LOSSY, png("x.png", drawing(80, 60, BufferedImage.TYPE_INT_RGB)));
      for (int length = 12; length < whole.length; length += length < 700 ? 1 : 7) {
        DecodedImage image = DECODER.decode(Arrays.copyOf(whole, length), name);
        assertThat(image.status())
            .as("%s of %s bytes", name, length)
            .isEqualTo(ImageStatus.TRUNCATED);
        assertThat(image.isUsable()).isFalse();
      }
    }
  }

  /** The process has to survive, and what is not decoded has to have a reason. */
  @Test
  void bytesThatChangedEndAsAStatus() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    Map<ImageStatus, Integer> outcomes = new EnumMap<>(ImageStatus.class);
    for (String name : new String[] {"x.heic", "x.avif"}) {
      Path source = png("x.png", drawing(64, 48, BufferedImage.TYPE_INT_ARGB));
      byte[] whole = encode(name, LOSSY, source);
      for (int i = 0; i < 300; i++) {
        byte[] broken = whole.clone();
        for (int k = random.nextInt(1, 4); k > 0; k--) {
          // Half of them in the description of the pictures.
          int end = i % 2 == 0 ? broken.length : Math.min(600, broken.length);
          broken[random.nextInt(32, end)] = (byte) random.nextInt(256);
        }
        DecodedImage image = DECODER.decode(broken, name);
        outcomes.merge(image.status(), 1, Integer::sum);
        assertThat(image.isUsable()).isEqualTo(image.status().isUsable());
        assertThat(image.isUsable() || !image.reason().isBlank()).as("%s %s", name, i).isTrue();
      }
    }
    assertThat(outcomes).containsKeys(ImageStatus.OK, ImageStatus.DECODE_ERROR);
  }

  @Test
  void statedSizesAreCheckedBeforeAndAfterDecoding() throws IOException {
    byte[] file = encode("x.heic", LOSSY, png("x.png", drawing(128, 64, 1)));
    int sizes = new String(file, StandardCharsets.ISO_8859_1).indexOf("ispe") + 8;
    byte[] huge = file.clone();
    ByteBuffer.wrap(huge).putInt(sizes, 30_000).putInt(sizes + 4, 30_000);
    DecodedImage image = DECODER.decode(huge, "x.heic");
    assertThat(image.status()).isEqualTo(ImageStatus.TOO_LARGE);
    assertThat(image.reason()).isEqualTo("900000000 pixels; the limit is 100000000");
    byte[] small = file.clone();
    ByteBuffer.wrap(small).putInt(sizes, 16).putInt(sizes + 4, 16);
    image = DECODER.decode(small, "x.heic");
    assertThat(image.status()).isEqualTo(ImageStatus.DECODE_ERROR);
    DecodeLimits few = new DecodeLimits(1 << 20, 8000, Duration.ofSeconds(9));
    image = new ImageDecoder(few).decode(file, "x.heic");
    assertThat(image.reason()).isEqualTo("8192 pixels; the limit is 8000");
  }

  /** What is coded is what a decoder makes room for, whatever the boxes around it state. */
  @Test
  void aSmallStatedSizeDoesNotHideALargePicture() throws IOException {
    DecodeLimits few = new DecodeLimits(1 << 20, 90_000, Duration.ofSeconds(9));
    for (String name : new String[] {"x.heic", "x.avif"}) {
      for (int[] size : new int[][] {{320, 320}, {384, 256}}) {
        byte[] file = encode(name, LOSSY, png("x.png", drawing(size[0], size[1], 1)));
        int sizes = new String(file, StandardCharsets.ISO_8859_1).indexOf("ispe") + 8;
        ByteBuffer.wrap(file).putInt(sizes, 16).putInt(sizes + 4, 16);
        DecodedImage image = new ImageDecoder(few).decode(file, name);
        assertThat(image.width()).isEqualTo(16);
        assertThat(image.status()).as(name).isEqualTo(ImageStatus.TOO_LARGE);
        assertThat(image.reason()).isEqualTo(size[0] * size[1] + " pixels; the limit is 90000");
      }
    }
  }

  @Test
  void holesInTheDataAreSeen() throws IOException {
    byte[] file = encode("x.heic", LOSSY, png("x.png", drawing(320, 320, 1)));
    int hole = file.length * 3 / 4;
    Arrays.fill(file, hole, hole + 64, (byte) 0);
    DecodedImage image = DECODER.decode(file, "x.heic");
    assertThat(image.status()).isEqualTo(ImageStatus.DECODE_ERROR);
    assertThat(image.reason()).matches("zeros in place of the pixels' data at byte \\d+");
  }

  @Test
  void manyThreadsDecodeAtOnce() throws IOException {
    byte[] heic = encode("x.heic", LOSSY, png("x.png", drawing(300, 200, 1)));
    byte[] avif = encode("x.avif", LOSSY, folder.resolve("x.png"));
    byte[] first = ok(heic, "x.heic").rgb();
    byte[] second = ok(avif, "x.avif").rgb();
    assertThat(
            IntStream.range(0, 64)
                .parallel()
                .filter(
                    i ->
                        i % 2 == 0
                            ? Arrays.equals(ok(heic, "x.heic").rgb(), first)
                            : Arrays.equals(ok(avif, "x.avif").rgb(), second))
                .count())
        .isEqualTo(64);
  }

  /** Of one file in thousands of decodes, the native memory would be many times the limit. */
  @Test
  void nativeMemoryIsFreed() throws IOException {
    byte[] file = encode("x.heic", LOSSY, png("x.png", drawing(1000, 700, 1)));
    byte[] broken = file.clone();
    Arrays.fill(broken, file.length / 2, file.length / 2 + 40, (byte) 0xFF);
    ok(file, "x.heic");
    long before = residentKilobytes();
    for (int i = 0; i < 60; i++) {
      DECODER.decode(i % 2 == 0 ? file : broken, "x.heic");
    }
    // Each decode takes 6 MB there.
    assertThat(residentKilobytes() - before).isLessThan(150_000);
  }

  private static long residentKilobytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "/proc tells of memory on Linux only");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
