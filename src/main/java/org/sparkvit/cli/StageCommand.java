package org.sparkvit.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.options.OptionSpec;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.pipeline.stage.Stage;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The command of a {@link Stage}, with the options that the stage's record declares. */
final class StageCommand<C extends Record> extends SparkCommand {
  private static final String WORKSPACE = "workspace";
  private static final String AS_OF = "--as-of";

  private final Stage<C> stage;
  private final CommandSpec spec;

  private StageCommand(Stage<C> stage) {
    this.stage = stage;
    this.spec = CommandSpec.forAnnotatedObject(this);
  }

  /**
   * Makes the command of a stage.
   *
   * @param showAll whether its help shows the advanced options as well
   */
  static CommandSpec of(Stage<?> stage, boolean showAll) {
    StageCommand<?> command = new StageCommand<>(stage);
    command.describe(showAll);
    return command.spec;
  }

  private void describe(boolean showAll) {
    spec.name(stage.name());
    spec.usageMessage().description(stage.description().help());
    for (OptionSpec option : Options.list(stage.options())) {
      if (option.isPositional()) {
        spec.addPositional(positional(option));
      } else if (!option.name().equals(WORKSPACE)) {
        spec.addOption(flag(option, showAll));
      }
    }
    if (stage.description().readsEarlierVersions()) {
      spec.addOption(
          picocli.CommandLine.Model.OptionSpec.builder(AS_OF)
              .type(List.class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .paramLabel("TIME|TABLE@VERSION")
              .hidden(!showAll)
              .description(
                  "Read all tables as they were at a time with its zone, e.g. 2026-11-30T08:00:00Z,"
                      + " or one in a version that 'history' lists, e.g. images@3; several with"
                      + " commas between them, or the option again. Default: as they are.")
              .build());
    }
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

  /** What the option does, and what happens without it. */
  static String description(OptionSpec option) {
    return option
        .standard()
        .filter(standard -> !option.isFlag() || option.isOn())
        .map(standard -> option.help() + " Default: " + standard + ".")
        .orElse(option.help());
  }

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    C config = stage.read(given());
    AsOf asOf = asOf();
    return session -> stage.run(session, config, asOf, progress);
  }

  private Map<String, List<String>> given() {
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (OptionSpec option : Options.list(stage.options())) {
      Object value =
          option.isPositional()
              ? spec.positionalParameters().get(0).getValue()
              : option.name().equals(WORKSPACE)
                  ? workspace()
                  : spec.findOption(option.flag()).getValue();
      if (value != null) {
        given.put(option.name(), texts(value));
      }
    }
    return given;
  }

  private static List<String> texts(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(Object::toString).toList()
        : List.of(value.toString());
  }

  private AsOf asOf() {
    Object value =
        stage.description().readsEarlierVersions() ? spec.findOption(AS_OF).getValue() : null;
    return value == null ? AsOf.LATEST : AsOf.parse(String.join(",", texts(value)));
  }

  @Override
  boolean showsSparkProgress() {
    return stage.description().showsSparkProgress();
  }
}
