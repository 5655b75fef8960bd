package org.sparkvit.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkvit.pipeline.stage.Group;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Shows the commands of the overview in groups by purpose, in the order of the work. */
final class CommandGroups {
  /** The names of the commands, by the title of their group. */
  static final Map<String, List<String>> GROUPS = groups();

  private static final int INDENT = 2;

  private CommandGroups() {}

  private static Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (Group group : Group.values()) {
      groups.put(group.title(), new ArrayList<>());
    }
    Stages.ALL.forEach(stage -> groups.get(stage.description().group().title()).add(stage.name()));
    // These commands are no stages.
    groups.get(Group.OPERATE.title()).addAll(List.of("run", "defaults"));
    groups.get(Group.TRY_AND_MEASURE.title()).addAll(List.of("demo", "help"));
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

  /** Returns the first sentence of a command's description. */
  private static String sentence(CommandSpec command) {
    UsageMessageSpec message = command.usageMessage();
    String[] words = message.header().length == 0 ? message.description() : message.header();
    return String.join(" ", words).split("(?<=[.:]) ", 2)[0].replaceFirst(":$", ".");
  }
}
