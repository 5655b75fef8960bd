package org.sparkvit.cli;

import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.maintenance.ExportConfig;
import org.sparkvit.pipeline.maintenance.ExportStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code spark-vit export}. */
@Command(
    name = "export",
    description = {
      "Writes the rows of a table as plain files into a new folder, for programs that do not read"
          + " Delta tables."
    })
final class ExportCommand extends SparkCommand {
  @Parameters(paramLabel = "TABLE", arity = "0..1", description = "Name of the table.")
  private String table = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URI",
      description =
          "Folder of the files, which is not there yet or empty: a path, s3a://bucket/folder, ...")
  private String to;

  @Option(
      names = "--format",
      paramLabel = "parquet|csv|jsonl",
      defaultValue = "parquet",
      description =
          "Parquet; CSV with a header, arrays as JSON, bytes in Base64, and an apostrophe in front"
              + " of what a spreadsheet would take for a formula; or a JSON document a line."
              + " Default: ${DEFAULT-VALUE}.")
  private String format;

  @Mixin private AsOfOptions asOf;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    return new ExportStage(ExportConfig.of(workspace(), table, to, format, asOf.value()), progress)
        ::run;
  }
}
