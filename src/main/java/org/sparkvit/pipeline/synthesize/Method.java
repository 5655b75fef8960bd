package org.sparkvit.pipeline.synthesize;

import java.util.Locale;

/** How an image is made of two. */
public enum Method {
  /** Both added up, in shares from a Beta distribution (Zhang et al. 2018). */
  MIXUP,
  /** A box of the second pasted into the first (Yun et al. 2019). */
  CUTMIX,
  /** The first with the look of the second, which may be of any class. */
  FOURIER;

  /** The name in options and tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
