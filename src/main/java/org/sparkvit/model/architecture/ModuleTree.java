package org.sparkvit.model.architecture;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A module of a model with everything that it holds. It is what PyTorch stores of a module besides
 * its code.
 *
 * @param path the dotted names from the model down to the module, as in the names of tensors; empty
 *     for the model itself
 * @param className the name of the class of its code
 * @param parameters the full names of its tensors in the checkpoint, by the names of their
 *     attributes; null for a tensor that the checkpoint does not have
 * @param buffers the full names of its tensors that are not trained, by attribute
 * @param packed the full names of its weights in int8 by attribute, see {@link QuantizedLinear}
 * @param numbers its integers and booleans by attribute
 * @param children its modules by attribute
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

  /** Returns the full name of what has a name within the module at a path. */
  static String below(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Returns this module and all modules below it, in the order in which they are declared. */
  public Stream<ModuleTree> all() {
    return Stream.concat(Stream.of(this), children.values().stream().flatMap(ModuleTree::all));
  }

  /** Returns the expression for a module below {@code self}, given the names that lead to it. */
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
