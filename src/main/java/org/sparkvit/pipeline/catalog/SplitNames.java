package org.sparkvit.pipeline.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which splits the names of an input's files give, over all names together. A name of a
 * split's word and numbers gives that split: {@code train-00000-of-00010}. A name with further
 * words, such as {@code imagenet1k-train-0001}, gives one only where another split is named with
 * the same words, as {@code test-strips} and {@code litmus-test} are things in pictures.
 *
 * @param shared the further words of names that give different splits
 * @param doubtful the names with a split's word that give none, sorted
 */
record SplitNames(Set<Set<String>> shared, List<String> doubtful) {
  /** Words that are part of the numbering of files. */
  private static final Set<String> NUMBERING = Set.of("of", "part", "shard", "chunk", "batch");

  /**
   * Decides about some names.
   *
   * @param names the names of files without their extensions
   */
  static SplitNames of(Collection<String> names) {
    Map<Set<String>, Set<String>> splits = new HashMap<>();
    for (String name : names) {
      String split = FolderLayout.splitNamed(name);
      if (split != null) {
        splits.computeIfAbsent(further(name), first -> new HashSet<>()).add(split);
      }
    }
    Set<Set<String>> shared = new HashSet<>();
    shared.add(Set.of());
    splits.forEach(
        (words, its) -> {
          if (its.size() > 1) {
            shared.add(words);
          }
        });
    List<String> doubtful = new ArrayList<>();
    for (String name : new TreeSet<>(names)) {
      if (FolderLayout.splitNamed(name) != null && !shared.contains(further(name))) {
        doubtful.add(name);
      }
    }
    return new SplitNames(shared, doubtful);
  }

  /** Returns the split that one of the names gives, or null. */
  String split(String name) {
    return shared.contains(further(name)) ? FolderLayout.splitNamed(name) : null;
  }

  /** Returns a sentence where a name with a split's word gives no split. */
  Optional<String> decision() {
    return doubtful.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "'%s'%s more than a split, and no other split is named with the same words:"
                    + " taken for none; a file called train-0001 or the like, or in a folder called"
                    + " train, is of that split",
                doubtful.get(0),
                doubtful.size() == 1 ? " says" : " and " + (doubtful.size() - 1) + " more say"));
  }

  private static Set<String> further(String name) {
    Set<String> words = FolderLayout.besidesSplit(name);
    words.removeAll(NUMBERING);
    return words;
  }
}
