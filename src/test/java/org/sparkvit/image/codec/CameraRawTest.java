package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkvit.core.ImageStatus;

/**
 * Files of cameras that are TIFF files: their first page is a small picture, which programs read
 * without a word.
 */
class CameraRawTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int IFD = 13;
  private static final int RGB = 2;
  private static final int MOSAIC = 32_803;
  private static final int SIDE = 8;

  /** What tells the kinds apart, as cameras write them. */
  private enum Kind {
    DNG("photo.dng"),
    NIKON("photo.nef"),
    SONY("photo.arw"),
    CANON("photo.cr2"),
    SAMSUNG("photo.srw"),
    LARGER("photo.tif"),
    PENTAX("photo.pef");

    private final String file;

    Kind(String file) {
      this.file = file;
    }
  }

  private static int[] entry(int tag, int type, int value) {
    return new int[] {tag, type, value};
  }

  private static List<int[]> page(int side, int photometric, int strip) {
    List<int[]> page = new ArrayList<>();
    page.add(entry(256, SHORT, side));
    page.add(entry(257, SHORT, side));
    page.add(entry(258, SHORT, 8));
    page.add(entry(259, SHORT, 1));
    page.add(entry(262, SHORT, photometric));
    page.add(entry(273, LONG, strip));
    page.add(entry(277, SHORT, photometric == RGB ? 3 : 1));
    page.add(entry(278, SHORT, side));
    page.add(entry(279, LONG, side * side * (photometric == RGB ? 3 : 1)));
    return page;
  }

  private static void put(ByteBuffer file, int at, List<int[]> page) {
    page.sort((a, b) -> Integer.compare(a[0], b[0]));
    file.position(at);
    file.putShort((short) page.size());
    for (int[] entry : page) {
      file.putShort((short) entry[0]).putShort((short) entry[1]).putInt(1);
      if (entry[1] == SHORT) {
        file.putShort((short) entry[2]).putShort((short) 0);
      } else {
        file.putInt(entry[2]);
      }
    }
    file.putInt(0);
  }

  /** The first page at 32, another below it at 256, the strips of both at 512. */
  private static byte[] tiff(List<int[]> first, List<int[]> below, ByteOrder order) {
    ByteBuffer file = ByteBuffer.allocate(512 + 3 * 64 * 64).order(order);
    file.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
    file.putShort((short) 42).putInt(32);
    put(file, 32, first);
    put(file, 256, below);
    return file.array();
  }

  private static byte[] file(Kind kind) {
    List<int[]> first = page(SIDE, kind == Kind.PENTAX ? MOSAIC : RGB, 512);
    List<int[]> below = page(64, kind == Kind.LARGER ? RGB : MOSAIC, 512);
    switch (kind) {
      case DNG -> {
        first.add(entry(50_706, 1, 1));
        first.add(entry(254, LONG, 1));
        first.add(entry(330, LONG, 256));
      }
      case NIKON -> {
        first.add(entry(254, LONG, 1));
        first.add(entry(330, LONG, 256));
      }
      case SONY -> {
        first.add(entry(254, LONG, 1));
        first.add(entry(330, IFD, 256));
      }
      case SAMSUNG, LARGER -> first.add(entry(330, IFD, 256));
      case CANON, PENTAX -> {}
    }
    byte[] file =
        tiff(first, below, kind == Kind.NIKON ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    if (kind == Kind.CANON) {
      file[8] = 'C';
      file[9] = 'R';
    }
    return file;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aCamerasRawFileIsNamedAndNotReadAsItsPreview(Kind kind) {
    DecodedImage image = DECODER.decode(file(kind), kind.file);
    assertThat(image.status()).isEqualTo(ImageStatus.UNSUPPORTED);
    assertThat(image.reason()).isEqualTo("a camera's raw file; convert it to JPEG");
    assertThat(image.isUsable()).isFalse();
  }

  @Test
  void thePictureOfAPyramidIsRead() {
    List<int[]> first = page(64, RGB, 512);
    first.add(entry(330, IFD, 256));
    DecodedImage image =
        DECODER.decode(tiff(first, page(SIDE, RGB, 512), ByteOrder.LITTLE_ENDIAN), "a.tif");
    assertThat(image.status()).as(image.reason()).isEqualTo(ImageStatus.OK);
    assertThat(image.pixels().width()).isEqualTo(64);
  }

  @Test
  void damageBelowTheFirstPageDoesNotMakeItDamaged() {
    List<int[]> first = page(64, RGB, 512);
    first.add(entry(330, LONG, 1_000_000));
    DecodedImage image =
        DECODER.decode(tiff(first, page(SIDE, RGB, 512), ByteOrder.LITTLE_ENDIAN), "a.tif");
    assertThat(image.status()).as(image.reason()).isEqualTo(ImageStatus.OK);
  }
}
