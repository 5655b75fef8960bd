package org.sparkvit.pipeline.catalog;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sparkvit.core.UserException;

/**
 * What the catalog decided about its inputs where they could be read in more ways than one: the
 * layout of folders, the separator of a manifest. Its summary and its run record say them, so that
 * nobody has to guess. They are about whole inputs, and so few; never one for each image.
 */
final class InputDecisions {
  /** Far more than inputs have; a sentence for each file would be a mistake of the program. */
  private static final int MAX = 1_000;

  private final Set<String> said = new LinkedHashSet<>();

  /**
   * Notes a decision, once.
   *
   * @param sentence what was decided and the ground, such as {@code layout: 2 splits x 3 classes}
   */
  void say(String sentence) {
    if (said.size() < MAX) {
      said.add(sentence);
    } else if (!said.contains(sentence)) {
      throw new UserException(
          "more than "
              + MAX
              + " inputs need a decision of their own, the next being '"
              + sentence
              + "'; catalog them in several workspaces");
    }
  }

  /** All sentences, in the order in which they were said. */
  List<String> sentences() {
    return List.copyOf(said);
  }
}
