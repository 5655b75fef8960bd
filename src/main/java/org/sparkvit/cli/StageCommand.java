package org.sparkvit.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.monitoring.CostOptions;
import org.sparkvit.monitoring.NodeCost;
import org.sparkvit.monitoring.NodeHours;
import org.sparkvit.pipeline.stage.Stage;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The command of a {@link Stage}, with the options that the stage's record declares. */
final class StageCommand<C extends Record> extends SparkCommand {
  private static final String AS_OF = "--as-of";

  private final Stage<C> stage;
  private final CommandSpec spec;
  private String workspace;

  private StageCommand(Stage<C> stage) {
    this.stage = stage;
    this.spec = CommandSpec.forAnnotatedObject(this);
  }

  /**
   * Creates the command of a stage.
   *
   * @param showAll whether the help shows the advanced options as well
   */
  static CommandSpec of(Stage<?> stage, boolean showAll) {
    StageCommand<?> command = new StageCommand<>(stage);
    command.describe(showAll);
    return command.spec;
  }

  private void describe(boolean showAll) {
    spec.name(stage.name());
    spec.usageMessage().description(stage.description().help());
    RecordOptions.add(spec, stage.options(), showAll);
    RecordOptions.add(spec, CostOptions.class, showAll);
    if (stage.description().readsEarlierVersions()) {
      spec.addOption(
          OptionSpec.builder(AS_OF)
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

  @Override
  String workspace() {
    return workspace;
  }

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    Map<String, List<String>> given = RecordOptions.given(spec, stage.options());
    workspace = given.get("workspace").get(0);
    C config = stage.read(given);
    AsOf asOf = asOf();
    CostOptions cost =
        Options.read(CostOptions.class, RecordOptions.given(spec, CostOptions.class));
    return session -> {
      RunRecord record = run(session, config, asOf, cost.nodePrice(), progress);
      MoreToDoException.throwIfLeft(stage.name(), record);
    };
  }

  private RunRecord run(
      SparkSession session, C config, AsOf asOf, Optional<Double> price, Progress progress) {
    if (price.isEmpty()) {
      return stage.run(session, config, asOf, progress);
    }
    long images = 0;
    try (NodeHours nodeHours = NodeHours.follow(session.sparkContext())) {
      try {
        RunRecord record = stage.run(session, config, asOf, progress);
        images = record.imagesDone();
        return record;
      } finally {
        progress.say(stage.name() + ": " + new NodeCost(nodeHours.soFar(), price, images).line());
      }
    }
  }

  private AsOf asOf() {
    Object value =
        stage.description().readsEarlierVersions() ? spec.findOption(AS_OF).getValue() : null;
    return value == null ? AsOf.LATEST : AsOf.parse(String.join(",", RecordOptions.texts(value)));
  }

  @Override
  boolean showsSparkProgress() {
    return stage.description().showsSparkProgress();
  }
}
