package org.sparkvit.pipeline.run;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The content of a pipeline's file.
 *
 * <pre>
 * workspace: s3a://bucket/workspace      # or --workspace
 * node-price: 1.23                       # or --node-price
 * webhook: https://hooks.example.com/x   # or --webhook
 * variables:
 *   input:                               # without a value: --set input=... has to give one
 *   model: vit
 * steps:
 *   - catalog:
 *       input: ${input}
 *       overwrite: true
 *   - audit
 *   - score:
 *       model: ${model}
 * </pre>
 *
 * <p>A step is the name of a command and its options by their long names. All values are texts,
 * which are read as on the command line. A list gives an option several times.
 *
 * @param name the name of the file without its extension
 * @param workspace the URI of the workspace, or empty where the file names none
 * @param nodePrice the price of a node and hour, as it is written, or empty
 * @param webhook the address that gets the summary, or empty
 * @param steps the steps in their order
 */
record PipelineFile(
    String name,
    Optional<String> workspace,
    Optional<String> nodePrice,
    Optional<String> webhook,
    List<Entry> steps) {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z][A-Za-z0-9_-]*)}");
  private static final List<String> KEYS =
      List.of("workspace", "node-price", "webhook", "variables", "steps");

  /**
   * One step.
   *
   * @param place the file and the line, for messages
   * @param command the name of the command
   * @param options the texts by the options' names
   */
  record Entry(String place, String command, Map<String, List<String>> options) {}

  /**
   * Reads a file.
   *
   * @param path the path of the file, for messages and the name
   * @param text the content of the file
   * @param variables the values that replace those in the file
   * @throws UserException when the text is not such a file; the message names the line
   */
  static PipelineFile parse(String path, String text, Map<String, String> variables) {
    String file = path.replaceFirst(".*/", "");
    Node root;
    try {
      root = new Yaml().compose(new StringReader(text));
    } catch (YAMLException e) {
      throw new UserException(path + " is no YAML: " + e.getMessage(), e);
    }
    if (!(root instanceof MappingNode)) {
      throw new UserException(path + " has no steps; write 'steps:' and a list of commands");
    }
    Reader reader = new Reader(file, new LinkedHashMap<>());
    Map<String, Node> keys = reader.mapping(root, "a pipeline");
    for (Map.Entry<String, Node> key : keys.entrySet()) {
      if (!KEYS.contains(key.getKey())) {
        throw new UserException(
            reader.place(key.getValue())
                + ": '"
                + key.getKey()
                + "' is no part of a pipeline; use "
                + String.join(", ", KEYS));
      }
    }
    reader.declare(keys.get("variables"), variables);
    Optional<String> workspace = Optional.ofNullable(keys.get("workspace")).map(reader::text);
    if (!(keys.get("steps") instanceof SequenceNode list) || list.getValue().isEmpty()) {
      throw new UserException(path + " has no steps; write 'steps:' and a list of commands");
    }
    List<Entry> steps = list.getValue().stream().map(reader::step).toList();
    return new PipelineFile(
        file.replaceFirst("\\.[^.]*$", ""),
        workspace,
        reader.optional(keys.get("node-price")),
        reader.optional(keys.get("webhook")),
        steps);
  }

  /** Reads nodes, with the values of the variables that are known. */
  private record Reader(String file, Map<String, String> values) {
    String place(Node node) {
      return file + ":" + (node.getStartMark().getLine() + 1);
    }

    Map<String, Node> mapping(Node node, String what) {
      if (!(node instanceof MappingNode mapping)) {
        throw new UserException(place(node) + ": " + what + " has to be names with values");
      }
      Map<String, Node> entries = new LinkedHashMap<>();
      for (NodeTuple tuple : mapping.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
          throw new UserException(place(tuple.getKeyNode()) + ": a name has to be a text");
        }
        if (entries.put(key.getValue(), tuple.getValueNode()) != null) {
          throw new UserException(place(key) + ": '" + key.getValue() + "' is there twice");
        }
      }
      return entries;
    }

    /** Adds the variables of the file, with the values that were given in place of the file's. */
    void declare(Node node, Map<String, String> given) {
      Map<String, Node> declared = isEmpty(node) ? Map.of() : mapping(node, "variables");
      for (String name : given.keySet()) {
        if (!declared.containsKey(name)) {
          throw new UserException(
              "--set names '"
                  + name
                  + "', which is no variable of "
                  + file
                  + "; there are "
                  + new TreeSet<>(declared.keySet()));
        }
      }
      declared.forEach(
          (name, value) -> {
            if (given.containsKey(name)) {
              values.put(name, given.get(name));
            } else if (isEmpty(value)) {
              throw new UserException(
                  place(value)
                      + ": the variable '"
                      + name
                      + "' has no value; pass --set "
                      + name
                      + "=VALUE");
            } else {
              values.put(name, text(value));
            }
          });
    }

    private static boolean isEmpty(Node node) {
      return node == null || (node instanceof ScalarNode scalar && scalar.getValue().isEmpty());
    }

    /** Returns the text of a key that may be absent, or have no value. */
    Optional<String> optional(Node node) {
      return isEmpty(node) ? Optional.empty() : Optional.of(text(node)).filter(t -> !t.isBlank());
    }

    String text(Node node) {
      if (!(node instanceof ScalarNode scalar)) {
        throw new UserException(place(node) + ": a single value is wanted here");
      }
      Matcher variable = VARIABLE.matcher(scalar.getValue());
      return variable.replaceAll(
          match -> {
            String name = match.group(1);
            if (!values.containsKey(name)) {
              throw new UserException(
                  place(node)
                      + ": there is no variable '"
                      + name
                      + "'; name it under 'variables', where there are "
                      + new TreeSet<>(values.keySet()));
            }
            return Matcher.quoteReplacement(values.get(name));
          });
    }

    Entry step(Node node) {
      if (node instanceof ScalarNode) {
        return new Entry(place(node), text(node), Map.of());
      }
      Map<String, Node> command = mapping(node, "a step");
      if (command.size() != 1) {
        throw new UserException(
            place(node)
                + ": a step is one command, with its options further to the right; here are "
                + command.keySet());
      }
      Map.Entry<String, Node> entry = command.entrySet().iterator().next();
      Map<String, List<String>> options = new LinkedHashMap<>();
      if (!isEmpty(entry.getValue())) {
        mapping(entry.getValue(), "the options of '" + entry.getKey() + "'")
            .forEach((name, value) -> options.put(name, texts(value)));
      }
      return new Entry(place(node), entry.getKey(), options);
    }

    private List<String> texts(Node node) {
      List<String> texts = new ArrayList<>();
      if (node instanceof SequenceNode list) {
        list.getValue().forEach(item -> texts.add(text(item)));
      } else if (node instanceof MappingNode) {
        mapping(node, "a value").forEach((name, value) -> texts.add(name + "=" + text(value)));
      } else {
        texts.add(text(node));
      }
      return List.copyOf(texts);
    }
  }
}
