package org.sparkvit.model.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A class of an architecture's text, with its declarations and methods.
 *
 * @param methods the lines of the methods as they stand in the text
 */
record ModuleClass(String name, List<Attribute> attributes, List<String> methods) {
  private static final Pattern BEGIN = Pattern.compile("class (\\w+)\\(Module\\):");
  private static final Pattern ATTRIBUTE =
      Pattern.compile(" {4}(\\w+): ([\\w\\[\\]]+)(?: = (\\w+))? *(#.*)?");

  ModuleClass {
    attributes = List.copyOf(attributes);
    methods = List.copyOf(methods);
  }

  /** The kind of an attribute, which follows from its declared type. */
  enum Kind {
    /** A tensor of the checkpoint. */
    PARAMETER,
    /** A tensor that some checkpoints have. */
    OPTIONAL_PARAMETER,
    /** A tensor that is not trained. */
    BUFFER,
    /** A weight in int8 together with its bias. */
    PACKED,
    /** A number from the configuration, which is written into the code. */
    CONSTANT,
    /** A number or boolean that may differ between instances of the class. */
    NUMBER,
    /** A list of modules of one class with the names 0, 1, 2 ... */
    LIST,
    /** A module. */
    MODULE
  }

  /**
   * A declared attribute.
   *
   * @param type the type of its value, or the class of the module or of the list's modules
   * @param value its initial value, or null where the configuration decides it
   * @param comment the comment at the end of its line, or null
   */
  record Attribute(String name, Kind kind, String type, String value, String comment) {
    static Attribute parse(String name, String declared, String value, String comment) {
      String inner = declared.replaceFirst("^\\w+\\[(\\w+)]$", "$1");
      Kind kind =
          switch (declared.replaceFirst("\\[\\w+]$", "")) {
            case "Parameter" -> Kind.PARAMETER;
            case "Optional" -> Kind.OPTIONAL_PARAMETER;
            case "Buffer" -> Kind.BUFFER;
            case "Packed" -> Kind.PACKED;
            case "Final" -> Kind.CONSTANT;
            case "int", "bool" -> Kind.NUMBER;
            case "ModuleList" -> Kind.LIST;
            default -> Kind.MODULE;
          };
      return new Attribute(name, kind, inner, value, comment);
    }
  }

  /**
   * Parses the classes of a text, which is Python except for the types of attributes.
   *
   * @throws IllegalArgumentException at a line that such a text cannot have
   */
  static List<ModuleClass> parse(String source, List<String> lines) {
    List<ModuleClass> classes = new ArrayList<>();
    String name = null;
    List<Attribute> attributes = new ArrayList<>();
    List<String> methods = new ArrayList<>();
    // One more line is added, which ends the last class.
    for (String line : Stream.concat(lines.stream(), Stream.of("class End(Module):")).toList()) {
      Matcher begin = BEGIN.matcher(line);
      Matcher attribute = ATTRIBUTE.matcher(line);
      if (begin.matches()) {
        if (name != null) {
          classes.add(new ModuleClass(name, attributes, methods));
        }
        name = begin.group(1);
        attributes.clear();
        methods.clear();
      } else if (line.startsWith("    def ") || (!methods.isEmpty() && line.startsWith("     "))) {
        methods.add(line);
      } else if (name != null && methods.isEmpty() && attribute.matches()) {
        attributes.add(
            Attribute.parse(
                attribute.group(1), attribute.group(2), attribute.group(3), attribute.group(4)));
      } else if (!line.isBlank() && !line.strip().startsWith("#") && !line.startsWith("from ")) {
        throw new IllegalArgumentException(source + ": cannot be read: " + line);
      }
    }
    return classes;
  }

  /** Returns this class with the attributes and methods of other classes added. */
  ModuleClass with(List<ModuleClass> others) {
    List<Attribute> allAttributes = new ArrayList<>(attributes);
    List<String> allMethods = new ArrayList<>(methods);
    for (ModuleClass other : others) {
      allAttributes.addAll(other.attributes);
      allMethods.addAll(other.methods);
    }
    return new ModuleClass(name, allAttributes, allMethods);
  }
}
