package org.sparkvit.vit;

/** What Git leaves in place of a large file that was not fetched. */
final class LfsPointer {
  /** How such a file begins. */
  static final String START = "version https://git-lfs";

  /** What to do, to go behind the file's name. */
  static final String WORDS =
      ": is a Git LFS pointer, not the file itself; run 'git lfs pull' in its folder, or bring it"
          + " by 'hf download'";

  private LfsPointer() {}
}
