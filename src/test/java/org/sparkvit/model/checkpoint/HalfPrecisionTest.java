package org.sparkvit.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** IEEE 754 binary16, for which Java 17 has no conversion. */
class HalfPrecisionTest {
  @Test
  void everyHalfComesBack() {
    for (int bits = 0; bits < 0x10000; bits++) {
      short half = (short) bits;
      float value = Tensor.halfToFloat(half);
      if (!Float.isNaN(value)) {
        assertThat(Tensor.floatToHalf(value)).isEqualTo(half);
      }
    }
  }

  @Test
  void whatLiesBetweenGoesToTheNearerAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = Tensor.halfToFloat((short) bits);
      float high = Tensor.halfToFloat((short) (bits + 1));
      float middle = (low + high) / 2;
      int even = bits + (bits & 1);
      assertHalf(Math.nextDown(middle), bits);
      assertHalf(middle, even);
      assertHalf(Math.nextUp(middle), bits + 1);
      assertHalf(-middle, even | 0x8000);
    }
  }

  @Test
  void whatIsTooLargeIsInfinite() {
    assertHalf(65519.99f, 0x7bff);
    assertHalf(65520, 0x7c00);
    assertHalf(Float.MAX_VALUE, 0x7c00);
    assertHalf(Float.NEGATIVE_INFINITY, 0xfc00);
    assertHalf(Float.MIN_VALUE, 0);
    assertThat(Tensor.halfToFloat(Tensor.floatToHalf(Float.NaN))).isNaN();
  }

  private static void assertHalf(float value, int bits) {
    assertThat(Tensor.floatToHalf(value)).as("%s", value).isEqualTo((short) bits);
  }
}
