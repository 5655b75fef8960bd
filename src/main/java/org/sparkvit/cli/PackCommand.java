package org.sparkvit.cli;

import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.pack.PackConfig;
import org.sparkvit.pipeline.pack.PackStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit pack}. */
@Command(
    name = "pack",
    description = {
      "Copies the bytes of the catalog's images into Parquet shards in the workspace, which score,"
          + " train and report then",
      "read in place of millions of small objects. A rerun packs only what is new, changed or gone"
          + " from the shards."
    })
final class PackCommand extends SparkCommand {
  @Option(
      names = "--shard-size",
      paramLabel = "BYTES",
      defaultValue = "256m",
      description =
          "About how many bytes of images a shard holds; k, m and g are understood. Default:"
              + " ${DEFAULT-VALUE}.")
  private String shardSize;

  @Option(
      names = "--read-threads",
      defaultValue = "8",
      description = "Threads per task that read images. Default: ${DEFAULT-VALUE}.")
  private int readThreads;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    PackConfig config = PackConfig.of(workspace(), shardSize, readThreads);
    return new PackStage(config, progress)::run;
  }
}
