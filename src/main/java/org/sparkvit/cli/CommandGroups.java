package org.sparkvit.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Shows the commands in the overview by what a person wants to do, in the order of the work. */
final class CommandGroups {
  /** Names of commands, by what they are for. */
  static final Map<String, List<String>> GROUPS = groups();

  private static final int INDENT = 2;

  private CommandGroups() {}

  private static Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("Look at data", List.of("catalog", "audit", "labels", "gate"));
    groups.put("Prepare", List.of("pack", "repair", "split", "balance", "synthesize", "resample"));
    groups.put("Train", List.of("train", "probe", "tune"));
    groups.put("Label", List.of("score", "relabel", "decisions"));
    groups.put("Judge", List.of("evaluate", "calibrate", "explain", "report"));
    groups.put("Operate", List.of("run", "models", "history", "vacuum", "export", "defaults"));
    groups.put("Try and measure", List.of("demo", "bench", "help"));
    return groups;
  }

  /** Makes the overview of a command line show the groups. */
  static void show(CommandLine main) {
    main.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING);
    main.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandGroups::text);
  }

  private static String text(Help help) {
    int names =
        GROUPS.values().stream().flatMap(List::stream).mapToInt(String::length).max().orElse(0);
    int width = help.commandSpec().usageMessage().width();
    StringBuilder text = new StringBuilder();
    GROUPS.forEach(
        (group, commands) -> {
          TextTable table =
              TextTable.forColumns(
                  help.colorScheme(),
                  new Column(names + INDENT, INDENT, Overflow.SPAN),
                  new Column(width - names - INDENT, INDENT, Overflow.WRAP));
          for (String name : commands) {
            CommandSpec command = help.commandSpec().subcommands().get(name).getCommandSpec();
            table.addRowValues(name, sentence(command));
          }
          text.append(String.format(Locale.ROOT, "%n%s:%n%s", group, table));
        });
    return text.toString();
  }

  /** The first sentence of what a command says of itself. */
  private static String sentence(CommandSpec command) {
    UsageMessageSpec message = command.usageMessage();
    String[] words = message.description().length == 0 ? message.header() : message.description();
    return String.join(" ", words).split("(?<=[.:]) ", 2)[0].replaceFirst(":$", ".");
  }
}
