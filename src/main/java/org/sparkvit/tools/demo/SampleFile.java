package org.sparkvit.tools.demo;

/**
 * One file of the sample data set.
 *
 * @param index its number, 0 and up
 * @param drawing number of the file that shows the original drawing; its own unless it is a copy
 * @param defect what is wrong with it; null when nothing is
 * @param png whether the name ends in .png rather than .jpg
 */
record SampleFile(
    int index,
    int drawing,
    Kind kind,
    Capture source,
    Region region,
    String licence,
    Defect defect,
    boolean png) {

  /** The class it belongs to. */
  String trueLabel() {
    return kind.label();
  }

  /** The class that folder and manifest say it belongs to. */
  String givenLabel() {
    if (defect != Defect.FLIPPED_LABEL) {
      return kind.label();
    }
    return kind.sensitive() ? SampleDataset.ORDINARY : SampleDataset.SENSITIVE;
  }

  /** Path under the image folder, with the given label as its folder. */
  String fileName() {
    return givenLabel() + "/img-" + numbered(index) + (png ? ".png" : ".jpg");
  }

  /** Files that show the same drawing share a group. */
  String group() {
    return "g-" + numbered(drawing);
  }

  private static String numbered(int n) {
    String digits = Integer.toString(n);
    return "0".repeat(Math.max(0, 5 - digits.length())) + digits;
  }
}
