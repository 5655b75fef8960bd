package org.sparkvit.faults;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** An application of Spark that runs statements of SQL and writes their rows to a file as JSON. */
public final class SqlPrinter {
  private SqlPrinter() {}

  /**
   * Runs the statements.
   *
   * @param arguments the file, and then the statements
   */
  public static void main(String[] arguments) throws Exception {
    List<String> lines = new ArrayList<>();
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      for (String statement : List.of(arguments).subList(1, arguments.length)) {
        lines.add(String.join(",", spark.sql(statement).toJSON().collectAsList()));
      }
    }
    Files.write(Path.of(arguments[0]), lines, StandardCharsets.UTF_8);
  }
}
