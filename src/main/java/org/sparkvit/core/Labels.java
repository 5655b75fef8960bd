package org.sparkvit.core;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The classes of a data set or a model in a fixed order. The position of a class is the index of
 * its logit.
 */
public final class Labels implements Serializable {
  /** The number of names that a message shows. More would hide what the message says. */
  private static final int SHOWN = 20;

  private final List<String> names;
  private final Map<String, Integer> indexes = new HashMap<>();

  /**
   * Creates labels in the given order.
   *
   * @throws UserException when a name is blank or occurs twice
   */
  public Labels(List<String> names) {
    this.names = List.copyOf(names);
    for (String name : this.names) {
      if (name.isBlank()) {
        throw new UserException(
            "a class name is empty in " + shown(this.names) + "; every class needs one");
      }
      if (indexes.put(name, indexes.size()) != null) {
        throw new UserException("class '" + name + "' is named twice in " + shown(this.names));
      }
    }
  }

  /**
   * Returns names for a person to choose from: all of them, or the first ones where a line would
   * not hold all.
   */
  public static String shown(Collection<String> names) {
    if (names.size() <= SHOWN) {
      return List.copyOf(names).toString();
    }
    return String.format(
        Locale.ROOT, "%s and %,d more", names.stream().limit(SHOWN).toList(), names.size() - SHOWN);
  }

  /**
   * Returns the distinct names in alphabetical order, which is the order of Hugging Face's
   * ImageFolder.
   */
  public static Labels sorted(Collection<String> names) {
    return new Labels(List.copyOf(new TreeSet<>(names)));
  }

  public List<String> names() {
    return names;
  }

  public int size() {
    return names.size();
  }

  public String name(int index) {
    return names.get(index);
  }

  public boolean contains(String name) {
    return indexes.containsKey(name);
  }

  /**
   * Returns the position of a class.
   *
   * @throws UserException when the class is unknown
   */
  public int index(String name) {
    Integer index = indexes.get(name);
    if (index == null) {
      throw new UserException("class '" + name + "' is unknown; the classes are " + shown(names));
    }
    return index;
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
