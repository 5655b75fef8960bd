package org.sparkvit.cli;

import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.workspace.AsOf;
import picocli.CommandLine.Option;

/** Which versions of tables a command reads. */
final class AsOfOptions {
  @Option(
      names = "--as-of",
      split = ",",
      paramLabel = "TIME|TABLE@VERSION",
      description =
          "Read all tables as they were at a time with its zone, e.g. 2026-11-30T08:00:00Z, or one"
              + " in a version that 'history' lists, e.g. images@3; several with commas between"
              + " them, or the option again. Default: as they are.")
  private List<String> asOf = List.of();

  AsOf value() {
    return AsOf.parse(String.join(",", asOf));
  }

  /** The stage, reading these versions; what was asked for is checked at once. */
  Consumer<SparkSession> reading(Consumer<SparkSession> stage) {
    AsOf value = value();
    return spark -> value.during(spark, () -> stage.accept(spark));
  }
}
