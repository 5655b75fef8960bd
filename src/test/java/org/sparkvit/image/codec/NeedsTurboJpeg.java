package org.sparkvit.image.codec;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** For tests of other packages that need libturbojpeg, which a machine may do without. */
public final class NeedsTurboJpeg {
  private NeedsTurboJpeg() {}

  /** Skips the calling test where the library is not installed or turned off. */
  public static void assume() {
    assumeTrue(TurboJpeg.isAvailable(), "libturbojpeg is not installed or turned off");
  }
}
