package org.sparkvit.core;

import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The classes of a data set or a model, in a fixed order: position = index of the logit. */
public final class Labels implements Serializable {
  private final List<String> names;
  private final Map<String, Integer> indexes = new HashMap<>();

  /** Labels in the given order. Throws when one is blank or given twice. */
  public Labels(List<String> names) {
    this.names = List.copyOf(names);
    for (String name : this.names) {
      if (name.isBlank()) {
        throw new UserException(
            "a class name is empty in " + this.names + "; every class needs one");
      }
      if (indexes.put(name, indexes.size()) != null) {
        throw new UserException("class '" + name + "' is named twice in " + this.names);
      }
    }
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
      throw new UserException("class '" + name + "' is unknown; the classes are " + names);
    }
    return index;
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
