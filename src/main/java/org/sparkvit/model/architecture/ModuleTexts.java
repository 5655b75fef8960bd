package org.sparkvit.model.architecture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts beside this class. There is one for each architecture, and others hold the modules that
 * they share.
 */
final class ModuleTexts {
  private static final List<String> SHARED =
      List.of("modules", "bfloat16", "int8", "mixed", "explaining", "training");

  private static final Pattern IMPORT = Pattern.compile("from (\\w+) import .*");

  private ModuleTexts() {}

  /**
   * Returns the classes of an architecture by name. They include the classes of texts that it
   * imports, and the shared ones.
   *
   * @param architecture the name of its text without the extension, which is Hugging Face's model
   *     type
   */
  static Map<String, ModuleClass> of(String architecture) {
    Map<String, ModuleClass> classes = new LinkedHashMap<>();
    SHARED.forEach(text -> add(text, classes));
    add(architecture, classes);
    return classes;
  }

  private static void add(String text, Map<String, ModuleClass> classes) {
    List<String> lines = lines(text + ".py");
    for (String line : lines) {
      Matcher other = IMPORT.matcher(line);
      if (other.matches()) {
        add(other.group(1), classes);
      }
    }
    for (ModuleClass module : ModuleClass.parse(text + ".py", lines)) {
      if (classes.put(module.name(), module) != null) {
        throw new IllegalArgumentException(text + ".py: " + module.name() + " is there twice");
      }
    }
  }

  private static List<String> lines(String name) {
    try (InputStream in = ModuleTexts.class.getResourceAsStream(name);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + name, e);
    }
  }
}
