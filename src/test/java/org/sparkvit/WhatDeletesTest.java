package org.sparkvit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of what deletes names every class that does, and no other. */
class WhatDeletesTest {
  private static final Pattern CALL =
      Pattern.compile(
          "\\b(delete|deleteIfExists|deleteMarkLast|deleteRecursively|deleteDirectory|forceDelete|"
              + "fullyDelete|deleteOnExit|rename|moveInPlace|deleteQuietly)\\(|"
              + "Files\\.move\\(|REPLACE_EXISTING|SaveMode\\.Overwrite|\"overwrite\"\\)\\.(parquet|csv)");

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)`");

  private static Set<String> deleting() throws IOException {
    Set<String> classes = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
        if (CALL.matcher(code).find()) {
          classes.add(file.getFileName().toString().replace(".java", ""));
        }
      }
    }
    return classes;
  }

  private static Set<String> listed() throws IOException {
    Set<String> classes = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("src/site/markdown/what-deletes.md"))) {
      List<String> cells = List.of(line.split("\\|"));
      if (cells.size() > 2) {
        NAMED.matcher(cells.get(1)).results().forEach(name -> classes.add(name.group(1)));
      }
    }
    return classes;
  }

  @Test
  void thePageListsWhatDeletesAndNothingElse() throws IOException {
    assertThat(listed()).isEqualTo(deleting());
  }
}
