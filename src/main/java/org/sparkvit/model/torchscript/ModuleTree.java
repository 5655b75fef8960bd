package org.sparkvit.model.torchscript;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node of the TorchScript module tree that the dotted parameter names describe: tensors,
 * quantised linear maps, named children, and the name of its class. Nodes whose paths differ only
 * in numbers share a class.
 */
public final class ModuleTree {
  private static final String PACKED_TYPE = Pickle.PACKED_MODULE + "." + Pickle.PACKED_CLASS;

  final String className;
  final Map<String, String> parameters = new LinkedHashMap<>();
  final Map<String, String> buffers = new LinkedHashMap<>();
  final Map<String, String> packed = new LinkedHashMap<>();
  final Map<String, ModuleTree> children = new LinkedHashMap<>();

  private ModuleTree(String className) {
    this.className = className;
  }

  /**
   * The tree of these names; each leaf holds the full name of its tensor, or of its quantised
   * linear map.
   */
  static ModuleTree of(Iterable<String> parameterNames, Iterable<String> packedNames) {
    ModuleTree root = new ModuleTree("Model");
    for (String name : parameterNames) {
      root.parent(name).parameters.put(lastStep(name), name);
    }
    for (String name : packedNames) {
      root.parent(name).packed.put(lastStep(name), name);
    }
    return root;
  }

  /** The node that holds this name, made where there is none yet. */
  private ModuleTree parent(String name) {
    String[] path = name.split("\\.", -1);
    ModuleTree node = this;
    for (int i = 0; i < path.length - 1; i++) {
      String suffix = isNumber(path[i]) ? "N" : path[i];
      String childClass = node.className + "_" + suffix;
      node = node.children.computeIfAbsent(path[i], step -> new ModuleTree(childClass));
    }
    return node;
  }

  private static String lastStep(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /**
   * The classes as TorchScript source, children above their parents.
   *
   * @param methods the methods of a class by its name; most have none
   */
  String source(Map<String, String> methods) {
    Map<String, String> classes = new LinkedHashMap<>();
    collect(classes, methods);
    return String.join("\n", classes.values());
  }

  private void collect(Map<String, String> classes, Map<String, String> methods) {
    children.values().forEach(child -> child.collect(classes, methods));
    if (classes.containsKey(className)) {
      return;
    }
    StringBuilder text = new StringBuilder("class " + className + "(Module):\n");
    text.append("  __parameters__ = [").append(quoted(parameters)).append("]\n");
    text.append("  __buffers__ = [").append(quoted(buffers)).append("]\n");
    parameters.keySet().forEach(name -> text.append("  " + name + " : Tensor\n"));
    buffers.keySet().forEach(name -> text.append("  " + name + " : Tensor\n"));
    packed.keySet().forEach(name -> text.append("  " + name + " : " + PACKED_TYPE + "\n"));
    text.append("  training : bool\n");
    boolean numeric = children.keySet().stream().anyMatch(ModuleTree::isNumber);
    if (numeric) {
      text.append("  __annotations__ = []\n");
    }
    // A numeric name is no identifier; it can only be declared through the annotations.
    new TreeMap<>(children)
        .forEach(
            (name, child) ->
                text.append(
                    isNumber(name)
                        ? "  __annotations__[\""
                            + name
                            + "\"] = __torch__."
                            + child.className
                            + "\n"
                        : "  " + name + " : __torch__." + child.className + "\n"));
    text.append(methods.getOrDefault(className, ""));
    classes.put(className, text.toString());
  }

  private static String quoted(Map<String, String> names) {
    StringBuilder text = new StringBuilder();
    names.keySet().forEach(name -> text.append('"').append(name).append("\", "));
    return text.toString();
  }

  static boolean isNumber(String step) {
    return !step.isEmpty() && step.chars().allMatch(Character::isDigit);
  }
}
