package org.sparkvit.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.core.options.OptionSpec;
import org.sparkvit.core.options.Options;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Creates flags for the options that a record declares, and collects the values that were given for
 * them.
 */
final class RecordOptions {
  private RecordOptions() {}

  /**
   * Adds a flag for each option that the command does not have yet.
   *
   * @param showAll whether the help shows the advanced options as well
   */
  static void add(CommandSpec spec, Class<? extends Record> options, boolean showAll) {
    for (OptionSpec option : Options.list(options)) {
      if (option.isPositional()) {
        spec.addPositional(positional(option));
      } else if (spec.findOption(option.flag()) == null) {
        spec.addOption(flag(option, showAll));
      }
    }
  }

  /**
   * Returns the texts of the values by the options' names. They were given as flags, or come from a
   * file or a default.
   */
  static Map<String, List<String>> given(CommandSpec spec, Class<? extends Record> options) {
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (OptionSpec option : Options.list(options)) {
      Object value =
          option.isPositional()
              ? spec.positionalParameters().get(0).getValue()
              : spec.findOption(option.flag()).getValue();
      if (value != null) {
        given.put(option.name(), texts(value));
      }
    }
    return given;
  }

  static List<String> texts(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(Object::toString).toList()
        : List.of(value.toString());
  }

  private static PositionalParamSpec positional(OptionSpec option) {
    return PositionalParamSpec.builder()
        .paramLabel(option.label())
        .arity(option.isRequired() ? "1" : "0..1")
        .type(String.class)
        .description(option.help())
        .build();
  }

  private static picocli.CommandLine.Model.OptionSpec flag(OptionSpec option, boolean showAll) {
    List<String> names = new ArrayList<>();
    option.shortFlag().ifPresent(names::add);
    names.add(option.flag());
    picocli.CommandLine.Model.OptionSpec.Builder builder =
        picocli.CommandLine.Model.OptionSpec.builder(names.toArray(new String[0]))
            .required(option.isRequired())
            .hidden(option.isAdvanced() && !showAll)
            .description(description(option));
    if (option.isFlag()) {
      return builder
          .type(Boolean.class)
          .arity("0..1")
          .hideParamSyntax(true)
          .paramLabel("")
          .fallbackValue("true")
          .negatable(option.isOn())
          .defaultValue(option.isOn() ? "true" : null)
          .build();
    }
    builder.paramLabel(option.label()).arity("1").defaultValue(option.standard().orElse(null));
    return option.isRepeatable()
        ? builder.type(List.class).auxiliaryTypes(String.class).build()
        : builder.type(String.class).build();
  }

  /** Returns what the option does, and what happens without it. */
  static String description(OptionSpec option) {
    return option
        .standard()
        .filter(standard -> !option.isFlag() || option.isOn())
        .map(standard -> option.help() + " Default: " + standard + ".")
        .orElse(option.help());
  }
}
