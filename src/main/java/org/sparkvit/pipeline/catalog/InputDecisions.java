package org.sparkvit.pipeline.catalog;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sparkvit.core.UserException;

/**
 * Collects the decisions of the catalog about inputs that could be read in more ways than one: the
 * layout of folders, the separator of a manifest. Its summary and its run record list them, so that
 * nobody has to guess. They are about whole inputs, and so few; there is never one for each image.
 */
final class InputDecisions {
  /**
   * The largest number of sentences. It is far more than inputs need; a sentence for each file
   * would be a bug.
   */
  private static final int MAX = 1_000;

  private final Set<String> said = new LinkedHashSet<>();

  /**
   * Adds a decision unless it is there already.
   *
   * @param sentence the decision and its ground, such as {@code layout: 2 splits x 3 classes}
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

  /** Returns all sentences in the order in which they were added. */
  List<String> sentences() {
    return List.copyOf(said);
  }
}
