package org.sparkvit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Scripts, settings, pages and fixtures name classes and packages as text, which no compiler sees.
 */
class NamedClassesExistTest {
  private static final List<String> ROOTS =
      List.of("pom.xml", "README.md", ".ci", "conf", "deploy", "jobs", "notebooks", "src");

  private static final Pattern NAME =
      Pattern.compile("\\borg[./]sparkvit((?:[./][A-Za-z_][\\w-]*)*)");

  /** Names that the build makes. */
  private static final String SHADED = "shaded";

  @Test
  void everyClassAndPackageThatATextNamesIsThere() throws IOException {
    Set<String> there = there();
    List<String> unknown = new ArrayList<>();
    for (String root : ROOTS) {
      for (Path file : files(Path.of(root))) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        Matcher name = NAME.matcher(text);
        while (name.find()) {
          if (!isThere(name.group(1).replace('/', '.'), there)) {
            unknown.add(file + ": " + name.group());
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  /** Up to the first capital a name is a package, then a class; what follows are its members. */
  private static boolean isThere(String name, Set<String> there) {
    StringBuilder prefix = new StringBuilder();
    for (String part :
        name.isEmpty() ? List.<String>of() : List.of(name.substring(1).split("\\."))) {
      prefix.append('.').append(part);
      if (part.equals(SHADED)) {
        return true;
      }
      if (!there.contains(prefix.toString())) {
        return false;
      }
      if (Character.isUpperCase(part.charAt(0))) {
        return true;
      }
    }
    return true;
  }

  /** Packages, classes and resources below {@code org.sparkvit}, each with a point before it. */
  private static Set<String> there() throws IOException {
    Set<String> there = new HashSet<>();
    for (String folder :
        List.of("src/main/java", "src/test/java", "src/main/resources", "src/test/resources")) {
      Path root = Path.of(folder, "org", "sparkvit");
      if (Files.isDirectory(root)) {
        for (Path file : files(root)) {
          String path = "";
          for (Path part : root.relativize(file)) {
            path += "." + part;
            there.add(path);
          }
          there.add(path.substring(0, path.lastIndexOf('.')));
        }
      }
    }
    return there;
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
