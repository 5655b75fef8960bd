package org.sparkvit.faults;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.cli.Main;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesSkippedTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * Runs command lines on the inputs that {@code src/test/python/make_faults.py} draws, and compares
 * what comes out with the right values that are written beside them. {@code .ci/check-faults} calls
 * it with the folder of the inputs and the file of the cases, whose form is this:
 *
 * <pre>
 * == NAME                       a case, with a workspace of its own
 * COMMAND OPTION...             a command line; @ stands for the folder of the inputs, # for the workspace
 *   rows COLUMN,...: V,... N | V,... N   how many rows of images have which values, all of them; - is null
 *   skipped: REASON N | ...     the same of images_skipped
 *   says REGEX                  one line of what it prints
 *   error REGEX                 it ends in one line that has this in it
 * </pre>
 */
public final class FaultCases {
  private final Path inputs;
  private final Path workspaces;
  private final SparkSession spark;
  private int passed;
  private int failed;

  private FaultCases(Path inputs, Path workspaces, SparkSession spark) {
    this.inputs = inputs;
    this.workspaces = workspaces;
    this.spark = spark;
  }

  /**
   * Runs the cases of a file.
   *
   * @param arguments the folder of the inputs, the file of the cases, an empty folder for
   *     workspaces, and, to run some only, a regular expression of their names
   */
  public static void main(String[] arguments) throws IOException {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 2)
            // Compiling queries would take most of the time.
            .config("spark.sql.codegen.wholeStage", false)
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate();
    FaultCases cases = new FaultCases(Path.of(arguments[0]), Path.of(arguments[2]), spark);
    Pattern wanted = Pattern.compile(arguments.length > 3 ? arguments[3] : "");
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(arguments[1]))) {
      if (line.startsWith("== ")) {
        cases.run(lines, wanted);
        lines.clear();
      }
      if (!line.isBlank() && !line.startsWith("//")) {
        lines.add(line);
      }
    }
    cases.run(lines, wanted);
    spark.stop();
    System.out.printf("%n%d passed, %d failed%n", cases.passed, cases.failed);
    if (cases.failed > 0) {
      throw new IllegalStateException(cases.failed + " cases are not as they should be");
    }
  }

  /** One command line with what is expected of it. */
  private record Outcome(List<String> lines, Throwable error) {}

  private void run(List<String> lines, Pattern wanted) {
    if (lines.isEmpty() || !wanted.matcher(lines.get(0)).find()) {
      return;
    }
    String name = lines.get(0).substring(3).strip();
    Path workspace = workspaces.resolve(name.replaceAll("[^A-Za-z0-9]+", "-"));
    List<String> wrong = new ArrayList<>();
    Outcome outcome = null;
    boolean expectsError = false;
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.startsWith(" ")) {
        unexpected(outcome, expectsError, wrong);
        outcome = command(line, workspace);
        expectsError = false;
      } else if (line.strip().startsWith("error ")) {
        expectsError = true;
        checkError(line.strip().substring(6), outcome, wrong);
      } else if (outcome.error() == null) {
        check(line.strip(), outcome, workspace, wrong);
      }
    }
    unexpected(outcome, expectsError, wrong);
    if (wrong.isEmpty()) {
      passed++;
      System.out.println("ok     " + name);
    } else {
      failed++;
      System.out.println("WRONG  " + name);
      wrong.forEach(line -> System.out.println("         " + line));
    }
  }

  private static void unexpected(Outcome outcome, boolean expectsError, List<String> wrong) {
    if (outcome != null && outcome.error() != null && !expectsError) {
      wrong.add("ended in " + outcome.error());
    }
  }

  private Outcome command(String line, Path workspace) {
    List<String> words = new ArrayList<>();
    for (String word : line.strip().split(" +", -1)) {
      words.add(word.replace("@", inputs.toString()).replace("#", workspace.toString()));
    }
    words.addAll(1, List.of("--workspace", workspace.toString()));
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Throwable error = null;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      Main.main(words.toArray(new String[0]));
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      error = e;
    } finally {
      System.setOut(before);
    }
    return new Outcome(printed.toString(StandardCharsets.UTF_8).lines().toList(), error);
  }

  private static void checkError(String regex, Outcome outcome, List<String> wrong) {
    if (outcome.error() == null) {
      wrong.add("went on; it should have said: " + regex);
    } else if (!(outcome.error() instanceof UserException)) {
      wrong.add("a trace and not a line: " + outcome.error());
    } else if (outcome.error().getMessage().lines().count() != 1) {
      wrong.add("more than one line: " + outcome.error().getMessage());
    } else if (!Pattern.compile(regex).matcher(outcome.error().getMessage()).find()) {
      wrong.add("said: " + outcome.error().getMessage());
      wrong.add("want: " + regex);
    }
  }

  private void check(String expected, Outcome outcome, Path workspace, List<String> wrong) {
    if (expected.startsWith("says ")) {
      Pattern pattern = Pattern.compile(expected.substring(5));
      if (outcome.lines().stream().noneMatch(line -> pattern.matcher(line).find())) {
        wrong.add("does not say: " + pattern);
        outcome.lines().forEach(line -> wrong.add("  | " + line));
      }
    } else if (expected.startsWith("rows ")) {
      int colon = expected.indexOf(':');
      compare(
          ImagesTable.SPEC,
          expected.substring(5, colon).strip().split(","),
          expected.substring(colon + 1),
          workspace,
          wrong);
    } else if (expected.startsWith("skipped:")) {
      compare(
          ImagesSkippedTable.SPEC,
          new String[] {ImagesSkippedTable.REASON},
          expected.substring("skipped:".length()),
          workspace,
          wrong);
    } else {
      throw new IllegalArgumentException("what is '" + expected + "'?");
    }
  }

  private void compare(
      TableSpec table, String[] columns, String expected, Path workspace, List<String> wrong) {
    TreeSet<String> want = new TreeSet<>();
    for (String value : expected.split(" \\| ", -1)) {
      if (!value.isBlank()) {
        want.add(value.strip());
      }
    }
    Dataset<Row> rows = Workspace.at(spark, workspace.toString()).read(table);
    Column[] keys =
        Arrays.stream(columns)
            .map(name -> coalesce(col(name).cast("string"), lit("-")).as(name))
            .toArray(Column[]::new);
    TreeSet<String> got = new TreeSet<>(Comparator.naturalOrder());
    for (Row row : rows.groupBy(keys).count().collectAsList()) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < columns.length; i++) {
        text.append(i == 0 ? "" : ",").append(row.getString(i));
      }
      got.add(text + " " + row.getLong(columns.length));
    }
    if (!got.equals(want)) {
      wrong.add(table.name() + " has  " + String.join(" | ", got));
      wrong.add("  and not " + String.join(" | ", want));
    }
  }
}
