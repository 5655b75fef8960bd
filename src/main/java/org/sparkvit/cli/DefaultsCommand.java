package org.sparkvit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Prints the options of a command as a file for {@code --config}, in which every line is a comment.
 */
@Command(
    name = "defaults",
    description = {
      "Prints the options of a command with their defaults as a file for --config. Jobs read",
      "conf/COMMAND.properties by themselves: spark-vit defaults score > conf/score.properties"
    },
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true)
final class DefaultsCommand implements Runnable {
  private static final int WIDTH = 118;
  private static final Pattern LINE = Pattern.compile("(.{1," + WIDTH + "})(?: +|$)");

  @Parameters(paramLabel = "COMMAND", description = "A command that runs on Spark, such as score.")
  private String command;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    CommandLine wanted = spec.parent().subcommands().get(command);
    if (wanted == null || !(wanted.getCommand() instanceof SparkCommand)) {
      List<String> names = new ArrayList<>();
      spec.parent()
          .subcommands()
          .forEach(
              (name, subcommand) -> {
                if (subcommand.getCommand() instanceof SparkCommand) {
                  names.add(name);
                }
              });
      throw new UserException(
          "'" + command + "' is no command with a file of defaults; there are " + names);
    }
    System.out.print(text(wanted.getCommandSpec()));
  }

  /** Returns the text of the file, with the options in the order of the command's help. */
  static String text(CommandSpec command) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "# Defaults of 'spark-vit %s'; a flag wins over a line here. Remove the # to set a"
                + " value.%n",
            command.name()));
    for (OptionSpec option : command.options()) {
      String name = option.longestName();
      if (option.usageHelp()
          || option.versionHelp()
          || name.equals(Main.HELP_ALL)
          || name.equals(ConfigFile.OPTION)) {
        continue;
      }
      text.append(System.lineSeparator());
      Matcher line = LINE.matcher(String.join(" ", option.description()).strip());
      while (line.find()) {
        text.append("# ").append(line.group(1)).append(System.lineSeparator());
      }
      text.append('#').append(name.substring(2)).append(" =").append(standard(option));
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String standard(OptionSpec option) {
    if (option.type() == boolean.class && option.defaultValue() == null) {
      return " false";
    }
    String value = option.defaultValue();
    // A backslash begins an escape in such a file.
    return value == null || value.equals("_NULL_") ? "" : " " + value.replace("\\", "\\\\");
  }
}
