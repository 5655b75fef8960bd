package org.sparkvit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Keeps the help of a command on one screen. The synopsis names what is required and no more, and
 * the options that all commands have are among those of {@value Main#HELP_ALL}.
 */
final class CommandHelp {
  /** The width in characters where the help goes to no terminal. */
  private static final int WIDTH = 100;

  /** The options of every command on Spark, which few people need. */
  private static final Set<String> COMMON =
      Set.of(ConfigFile.OPTION, "--master", "--spark", "--spark-properties", "--version");

  private CommandHelp() {}

  /**
   * Arranges the help of a command.
   *
   * @param showAll whether it shows the advanced options as well
   */
  static void arrange(CommandLine command, boolean showAll) {
    CommandSpec spec = command.getCommandSpec();
    if (!showAll) {
      for (OptionSpec option : List.copyOf(spec.options())) {
        if (COMMON.contains(option.longestName())) {
          spec.remove(option);
          spec.addOption(OptionSpec.builder(option).hidden(true).build());
        }
      }
    }
    spec.usageMessage().width(WIDTH);
    spec.usageMessage().customSynopsis(synopsis(spec));
    command.setHelpFactory(WithoutLabelsOfFlags::new);
  }

  private static String synopsis(CommandSpec spec) {
    List<String> words = new ArrayList<>(List.of("spark-vit", spec.name()));
    for (PositionalParamSpec positional : spec.positionalParameters()) {
      String label = positional.paramLabel();
      words.add(positional.required() ? label : "[" + label + "]");
    }
    for (OptionSpec option : spec.options()) {
      if (option.required()) {
        words.add(option.shortestName() + " " + option.paramLabel());
      }
    }
    words.add("[OPTIONS]");
    return String.join(" ", words);
  }

  /** Shows flags by their names alone, although {@code --flag=false} is understood. */
  private static final class WithoutLabelsOfFlags extends Help {
    WithoutLabelsOfFlags(CommandSpec spec, ColorScheme colors) {
      super(spec, colors);
    }

    @Override
    public IParamLabelRenderer parameterLabelRenderer() {
      IParamLabelRenderer usual = super.parameterLabelRenderer();
      return new IParamLabelRenderer() {
        @Override
        public Text renderParameterLabel(ArgSpec argument, Ansi ansi, List<IStyle> styles) {
          return argument.type() == Boolean.class
              ? ansi.new Text("")
              : usual.renderParameterLabel(argument, ansi, styles);
        }

        @Override
        public String separator() {
          return usual.separator();
        }
      };
    }
  }
}
