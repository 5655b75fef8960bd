package org.sparkvit.core;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The classes of a data set or a model, in a fixed order: position = index of the logit. */
public final class Labels implements Serializable {
  /** So many names are read in a message; more would hide what it says. */
  private static final int SHOWN = 20;

  private final List<String> names;
  private final Map<String, Integer> indexes = new HashMap<>();

  /** Labels in the given order. Throws when one is blank or given twice. */
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

  /** Names for a person to choose from: all, or the first where a line would not hold them. */
  public static String shown(Collection<String> names) {
    if (names.size() <= SHOWN) {
      return List.copyOf(names).toString();
    }
    return String.format(
        Locale.ROOT, "%s and %,d more", names.stream().limit(SHOWN).toList(), names.size() - SHOWN);
  }

  /** Distinct names in alphabetical order: the order Hugging Face's ImageFolder gives them. */
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

  /** Position of a class. Throws when the class is unknown. */
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
