package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;

class ThumbnailTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);

  @Test
  void limitsTheLongerSide() {
    PixelImage wide = plain(200, 50);
    assertSize(DECODER.decode(Thumbnail.jpeg(wide, 64), "a.jpg"), ImageFormat.JPEG, 64, 16);
    assertSize(DECODER.decode(Thumbnail.png(wide, 64), "a.png"), ImageFormat.PNG, 64, 16);
    assertSize(DECODER.decode(Thumbnail.png(plain(1, 500), 64), "a.png"), ImageFormat.PNG, 1, 64);
  }

  @Test
  void keepsSmallImagesAsTheyAre() {
    PixelImage small = plain(20, 30);
    DecodedImage image = DECODER.decode(Thumbnail.png(small, 30), "a.png");
    assertThat(image.pixels().rgb()).isEqualTo(small.rgb());
  }

  @Test
  void keepsColours() {
    PixelImage image = DECODER.decode(Thumbnail.jpeg(plain(200, 50), 64), "a.jpg").pixels();
    for (int i = 0; i < image.rgb().length; i++) {
      assertThat(Math.abs((image.rgb()[i] & 0xFF) - new int[] {200, 100, 30}[i % 3])).isLessThan(4);
    }
  }

  @Test
  void refusesNoPixels() {
    assertThatThrownBy(() -> Thumbnail.png(plain(2, 2), 0)).hasMessage("a thumbnail of 0 pixels");
  }

  private static void assertSize(DecodedImage image, ImageFormat format, int width, int height) {
    assertThat(image.status()).isEqualTo(ImageStatus.OK);
    assertThat(image.format()).isEqualTo(format);
    assertThat(image.width()).isEqualTo(width);
    assertThat(image.height()).isEqualTo(height);
  }

  private static PixelImage plain(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = new byte[] {(byte) 200, 100, 30}[i % 3];
    }
    return new PixelImage(width, height, rgb);
  }
}
