package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The pages on commands and on tables are made from the code. {@code mvn -Pfast test
 * -Dtest=PagesTest -Dsparkvit.pages=write} writes them anew.
 */
class PagesTest {
  private static final Path FOLDER = Path.of("src/site/markdown");
  private static final boolean WRITES = "write".equals(System.getProperty("sparkvit.pages"));
  private static final List<String> COMMON =
      List.of(
          "--workspace", "--config", "--master", "--spark", "--spark-properties", "--node-price");

  private static void hold(String name, String text) throws IOException {
    Path page = FOLDER.resolve(name);
    if (WRITES) {
      Files.writeString(page, text);
    }
    assertThat(page).as("written by -Dsparkvit.pages=write").hasContent(text);
  }

  /** A cell of a table: a line without what Markdown takes for something else. */
  private static String cell(String... words) {
    return String.join(" ", words)
        .replaceAll("%n|\\s+", " ")
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("*", "\\*")
        .replace("_", "\\_")
        .strip();
  }

  private static String code(String words) {
    return "`" + words.replace("|", "\\|") + "`";
  }

  private static String options(CommandSpec command, boolean common) {
    StringBuilder text = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      text.append(row(code(parameter.paramLabel()), parameter));
    }
    for (OptionSpec option : command.options()) {
      if (!option.usageHelp()
          && !option.longestName().equals(Main.HELP_ALL)
          && !option.versionHelp()
          && COMMON.contains(option.longestName()) == common) {
        String label = option.hideParamSyntax() ? "" : " " + option.paramLabel();
        String name =
            option.negatable()
                ? "--[no-]" + option.longestName().substring(2)
                : option.longestName() + label;
        text.append(row(code(name), option));
      }
    }
    return text.toString();
  }

  private static String row(String name, ArgSpec argument) {
    String standard = argument.defaultValue();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s |%n",
        name,
        standard == null || standard.equals("_NULL_") ? "" : code(standard),
        cell(argument.description()));
  }

  @Test
  void thePageOfCommandsIsWhatTheCommandsSay() throws IOException {
    CommandLine main = Main.commandLine();
    StringBuilder text = new StringBuilder("# Commands\n\n");
    text.append(
        "Made from the code by `PagesTest`. `jobs/spark-vit COMMAND --help` says the same.\n");
    text.append("\n## Options of all commands\n\n");
    text.append(options(main.getSubcommands().get("catalog").getCommandSpec(), true));
    CommandGroups.GROUPS.forEach(
        (group, names) -> {
          text.append("\n## ").append(group).append('\n');
          for (String name : names) {
            CommandSpec command = main.getSubcommands().get(name).getCommandSpec();
            if (!name.equals("help")) {
              text.append("\n### ").append(name).append("\n\n");
              text.append(cell(command.usageMessage().description())).append("\n\n");
              text.append(options(command, false));
            }
          }
        });
    hold("commands.md", text.toString());
  }

  @Test
  void thePageOfTablesIsWhatTheTablesSay() throws IOException {
    StringBuilder text = new StringBuilder("# Tables\n\n");
    text.append(
        "Made from the code by `PagesTest`. Each is a Delta table in the workspace's folder");
    text.append(" of its name; its log\nhas these words as comments.\n");
    for (TableSpec table : Tables.ALL) {
      text.append("\n## ").append(table.name()).append("\n\n");
      text.append(cell(table.comment())).append("\n\n");
      text.append("Written by ").append(code(table.writtenBy()));
      if (!table.key().isEmpty()) {
        text.append(", one row for each ")
            .append(table.key().stream().map(PagesTest::code).collect(Collectors.joining(", ")));
      }
      text.append(".\n\n| column | type | meaning |\n|---|---|---|\n");
      for (StructField field : table.schema().fields()) {
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %s | %s |%n",
                code(field.name()),
                code(field.dataType().simpleString()),
                cell(field.getComment().getOrElse(() -> ""))));
      }
    }
    hold("tables.md", text.toString());
  }
}
