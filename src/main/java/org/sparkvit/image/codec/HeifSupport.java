package org.sparkvit.image.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * How far HEIC and AVIF files are decoded in this process.
 *
 * @param version the version of libheif, such as 1.15.1, or empty where none can be used
 * @param problem why none can be used, in words that stand alone, or empty
 * @param hevc whether it decodes HEVC, which HEIC files need
 * @param av1 whether it decodes AV1, which AVIF files need
 */
public record HeifSupport(String version, String problem, boolean hevc, boolean av1) {
  private static final String LIBRARY =
      "install libheif1 (Debian, Ubuntu) or libheif (Amazon Linux 2023: from SPAL)";
  private static final String HEVC_DECODER = "libheif-plugin-libde265";
  private static final String AV1_DECODER = "libheif-plugin-dav1d";

  static HeifSupport none(String problem) {
    return new HeifSupport("", problem, false, false);
  }

  /** Returns whether the library is there, with whatever codecs. */
  public boolean isPresent() {
    return problem.isEmpty();
  }

  /** Returns whether both HEIC and AVIF files are decoded. */
  public boolean isComplete() {
    return hevc && av1;
  }

  /** Returns what is there in a few words, such as {@code 1.15.1 with HEVC, AV1}. */
  public String description() {
    if (!isPresent()) {
      return problem;
    }
    List<String> codecs = new ArrayList<>();
    if (hevc) {
      codecs.add("HEVC");
    }
    if (av1) {
      codecs.add("AV1");
    }
    return version + (codecs.isEmpty() ? " without codecs" : " with " + String.join(", ", codecs));
  }

  /** Returns which packages to install for what is missing, or empty where nothing is. */
  public String remedy() {
    if (!isPresent()) {
      return LIBRARY;
    } else if (isComplete()) {
      return "";
    }
    List<String> packages = new ArrayList<>();
    if (!hevc) {
      packages.add(HEVC_DECODER);
    }
    if (!av1) {
      packages.add(AV1_DECODER);
    }
    return "install " + String.join(" and ", packages) + " (Debian, Ubuntu)";
  }
}
