package org.sparkvit.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** Reads the files in deploy/ for their tests. */
final class DeployFiles {
  static final Path FOLDER = Path.of("deploy");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern VERSION =
      Pattern.compile("^ {2}<version>(.*)</version>", Pattern.MULTILINE);

  /** A word of a shell: without blanks, or in quotes. */
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

  private DeployFiles() {}

  /**
   * A command line of spark-vit in a file.
   *
   * @param file the file that has it
   * @param arguments the command and its options
   */
  record CommandLineInFile(Path file, List<String> arguments) {
    @Override
    public String toString() {
      return file + ": " + String.join(" ", arguments);
    }
  }

  /** Returns all files in deploy/ whose names end as one of {@code ends}, or all. */
  static List<Path> all(String... ends) {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("__pycache__"))
          .filter(
              file -> ends.length == 0 || Arrays.stream(ends).anyMatch(file.toString()::endsWith))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a file of JSON or YAML in deploy/. */
  static JsonNode tree(String name) {
    return tree(FOLDER.resolve(name));
  }

  static JsonNode tree(Path file) {
    if (file.toString().endsWith(".json")) {
      try {
        return JSON.readTree(text(file));
      } catch (IOException e) {
        throw new UncheckedIOException(file.toString(), e);
      }
    }
    return JSON.valueToTree(new Yaml().load(text(file)));
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  /** Returns the fields of an object of texts. */
  static Map<String, String> fields(JsonNode object) {
    Map<String, String> fields = new TreeMap<>();
    object
        .fields()
        .forEachRemaining(field -> fields.put(field.getKey(), field.getValue().asText()));
    return fields;
  }

  /** Returns the properties of spark-defaults in a list of EMR's classifications. */
  static Map<String, String> sparkDefaults(JsonNode classifications) {
    for (JsonNode node : classifications) {
      for (String letter : List.of("C", "c")) {
        if (node.path(letter + "lassification").asText().equals("spark-defaults")) {
          return fields(node.path(letter.equals("C") ? "Properties" : "properties"));
        }
      }
    }
    throw new AssertionError("no spark-defaults in " + classifications);
  }

  static Map<String, String> properties(String file) {
    Properties properties = new Properties();
    try (StringReader reader = new StringReader(text(Path.of(file)))) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> sorted = new TreeMap<>();
    properties.forEach((key, value) -> sorted.put(key.toString(), value.toString()));
    return sorted;
  }

  /** Returns the version of pom.xml. */
  static String version() {
    Matcher matcher = VERSION.matcher(text(Path.of("pom.xml")));
    if (!matcher.find()) {
      throw new AssertionError("no version in pom.xml");
    }
    return matcher.group(1);
  }

  /** Returns every command line of spark-vit in deploy/ and in the page on deployment. */
  static List<CommandLineInFile> commandLines() {
    List<CommandLineInFile> lines = new ArrayList<>();
    for (Path file : all(".json", ".yaml", ".yml")) {
      visit(tree(file), (name, array) -> addArguments(lines, file, name, array));
    }
    List<Path> pages = new ArrayList<>(all(".md"));
    pages.add(Path.of("src/site/markdown/deployment.md"));
    for (Path page : pages) {
      for (String line : codeLines(text(page))) {
        List<String> arguments = arguments(line);
        if (!arguments.isEmpty()) {
          lines.add(new CommandLineInFile(page, arguments));
        }
      }
    }
    return lines;
  }

  /** Calls back for each array, with the name of the field that it is the value of. */
  private static void visit(JsonNode node, BiConsumer<String, JsonNode> visitor) {
    for (Iterator<Map.Entry<String, JsonNode>> fields = node.fields(); fields.hasNext(); ) {
      Map.Entry<String, JsonNode> field = fields.next();
      if (field.getValue().isArray()) {
        visitor.accept(field.getKey(), field.getValue());
      }
      visit(field.getValue(), visitor);
    }
    if (node.isArray()) {
      node.forEach(element -> visit(element, visitor));
    }
  }

  private static void addArguments(
      List<CommandLineInFile> lines, Path file, String name, JsonNode array) {
    List<String> words = texts(array);
    if (name.equals("Args") && words.contains("spark-submit")) {
      int jar = 0;
      while (!words.get(jar).endsWith(".jar")) {
        jar++;
      }
      lines.add(new CommandLineInFile(file, words.subList(jar + 1, words.size())));
    } else if (name.equalsIgnoreCase("entryPointArguments") || name.equals("parameters")) {
      lines.add(new CommandLineInFile(file, words));
    }
  }

  /** Returns the lines of code blocks, each with its continuations. */
  private static List<String> codeLines(String page) {
    return page.replaceAll("\\\\\n\\s*", "")
        .lines()
        .filter(line -> line.startsWith("    "))
        .map(String::strip)
        .toList();
  }

  /**
   * Returns the arguments of spark-vit in a line of a shell, or none where it runs another program.
   */
  private static List<String> arguments(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      String word = matcher.group(matcher.group(1) != null ? 1 : matcher.group(2) != null ? 2 : 3);
      if (word.startsWith("#") || word.equals(">")) {
        break;
      }
      words.add(word);
    }
    while (!words.isEmpty() && words.get(0).matches("[A-Z_]+=.*")) {
      // The value of a variable may be in quotes, and then is a word of its own.
      boolean quoted = words.get(0).endsWith("=") || words.get(0).matches("[A-Z_]+=\".*[^\"]");
      words.remove(0);
      while (quoted && !words.isEmpty() && !words.get(0).matches("jobs/.*|spark-vit")) {
        words.remove(0);
      }
    }
    if (words.isEmpty()) {
      return List.of();
    }
    String program = words.remove(0);
    if (program.equals("spark-vit") || program.equals("jobs/spark-vit")) {
      return List.copyOf(words);
    }
    if (!program.startsWith("jobs/")) {
      return List.of();
    }
    String command = program.substring("jobs/".length());
    if (Files.exists(Path.of("conf/pipelines", command + ".yaml"))) {
      words.addAll(0, List.of("run", "conf/pipelines/" + command + ".yaml"));
    } else {
      words.add(0, command);
    }
    return List.copyOf(words);
  }

  /**
   * Returns the values of a command's long options by their names, and its file, as a run has it.
   */
  static Map<String, List<String>> optionsOfRun(List<String> arguments) {
    Map<String, List<String>> options = new LinkedHashMap<>();
    for (int i = 1; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (!word.startsWith("--")) {
        options.put("file", List.of(word));
      } else if (i + 1 == arguments.size() || arguments.get(i + 1).startsWith("--")) {
        options.put(word.substring(2), List.of("true"));
      } else {
        i++;
        options.computeIfAbsent(word.substring(2), name -> new ArrayList<>()).add(arguments.get(i));
      }
    }
    return options;
  }
}
