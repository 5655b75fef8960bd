package org.sparkvit.model.architecture;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A module of a model with what it holds: what PyTorch keeps of it beside its code.
 *
 * @param path dotted names from the model down to it, as in the names of tensors; empty for the
 *     model itself
 * @param className of its code
 * @param parameters full names of its tensors by the names of their attributes, as the checkpoint
 *     has them; null for a tensor that the checkpoint does not have
 * @param buffers the same of tensors that are not trained
 * @param packed the same of weights in int8, see {@link QuantizedLinear}
 * @param numbers whole numbers and truth values by attribute
 * @param children by attribute
 */
public record ModuleTree(
    String path,
    String className,
    Map<String, String> parameters,
    Map<String, String> buffers,
    Map<String, String> packed,
    Map<String, Object> numbers,
    Map<String, ModuleTree> children) {
  public ModuleTree {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    buffers = Collections.unmodifiableMap(new LinkedHashMap<>(buffers));
    packed = Collections.unmodifiableMap(new LinkedHashMap<>(packed));
    numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    children = Collections.unmodifiableMap(new LinkedHashMap<>(children));
  }

  /** The name of what is below this module under a name. */
  static String below(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** This module and all below it, in the order in which they are declared. */
  public Stream<ModuleTree> all() {
    return Stream.concat(Stream.of(this), children.values().stream().flatMap(ModuleTree::all));
  }

  /** How code says where something is, from the model's own methods. */
  static String expression(List<String> steps) {
    String expression = "self";
    for (String step : steps) {
      expression =
          isNumber(step)
              ? "getattr(" + expression + ", \"" + step + "\")"
              : expression + "." + step;
    }
    return expression;
  }

  static boolean isNumber(String step) {
    return !step.isEmpty() && step.chars().allMatch(Character::isDigit);
  }
}
