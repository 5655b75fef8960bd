package org.sparkvit.pipeline.pack;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.sum;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PackedTable;
import org.sparkvit.dataset.workspace.IdRange;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.IncrementalTable;

/**
 * Images to shards, chunk by chunk, as an {@link IncrementalTable}. A chunk is whole shards, a few
 * for each core or more. Two runs at once may pack an image twice; either copy is as good.
 */
public final class PackStage {
  private static final int SHARDS_PER_CORE = 4;

  private final PackConfig config;
  private final Progress progress;

  public PackStage(PackConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** What a run has packed so far. */
  private record Packed(long images, long bytes, long shards) {
    Packed plus(Row sums) {
      return sums.isNullAt(0)
          ? this
          : new Packed(images + sums.getLong(0), bytes + sums.getLong(1), shards + sums.getLong(2));
    }
  }

  /** Runs the stage on a session. */
  public void run(SparkSession spark) {
    Instant started = Instant.now();
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    workspace.requireWritable(PackedTable.SPEC);
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    requireNoContent(images);
    RunRecord record =
        RunRecord.start("pack", config.toMap())
            .input("images", workspace.version(ImagesTable.SPEC));
    ShardFolders folders = new ShardFolders(spark, workspace);
    int abandoned = folders.deleteAbandoned(used(workspace));
    if (abandoned > 0) {
      progress.say("pack: deleted what " + abandoned + " runs have left that were killed");
    }

    IncrementalTable table =
        new IncrementalTable(
            workspace,
            PackedTable.SPEC,
            images.where(
                ImagesTable.usable()
                    .and(col(ImagesTable.BYTES).gt(0))
                    .and(col(ImagesTable.SHA256).isNotNull())),
            rows -> there(spark, rows, folders));
    ShardPlan plan = ShardPlan.plan(table.missing(IdRange.ALL), config.shardBytes());
    if (plan.images() == 0) {
      progress.say("pack: nothing to do, every image that can be read is in a shard");
      return;
    }
    progress.say(
        String.format(
            Locale.ROOT,
            "pack: %,d images of %.1f MB to pack in %,d shards",
            plan.images(),
            plan.bytes() / 1e6,
            plan.shards().size()));
    ShardWriter writer = new ShardWriter(spark, config.readThreads());
    Packing packing = new Packing(spark, workspace, folders, plan, writer, record);
    int cores = spark.sparkContext().defaultParallelism();
    table
        .firstChunkOf(plan.imagesOf(SHARDS_PER_CORE * cores))
        .fill(plan.ranges(record.runId()), "packed", packing, record, progress);
    if (writer.skipped() > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "pack: warning: %,d images are left out and stay where they are; run 'spark-vit"
                  + " catalog' again: %s%s",
              writer.skipped(),
              String.join("; ", writer.problems()),
              writer.skipped() > writer.problems().size() ? "; ..." : ""));
    }
    progress.say(line(packing.packed, plan.images(), started));
  }

  /** Writes the shards of a chunk and says where the images are in them. */
  private static final class Packing implements IncrementalTable.Work {
    private final SparkSession spark;
    private final Workspace workspace;
    private final ShardFolders folders;
    private final ShardPlan plan;
    private final ShardWriter writer;
    private final RunRecord record;
    private Packed packed = new Packed(0, 0, 0);

    Packing(
        SparkSession spark,
        Workspace workspace,
        ShardFolders folders,
        ShardPlan plan,
        ShardWriter writer,
        RunRecord record) {
      this.spark = spark;
      this.workspace = workspace;
      this.folders = folders;
      this.plan = plan;
      this.writer = writer;
      this.record = record;
    }

    @Override
    public Optional<Dataset<Row>> rows(IncrementalTable.Chunk chunk) {
      folders.begin(chunk.part(), record.runId());
      long before = writer.packed();
      writer.write(chunk.images(), plan.shards(chunk.range()), folders.uri(chunk.part()));
      if (writer.packed() == before) {
        folders.delete(chunk.part());
        return Optional.empty();
      }
      return Optional.of(places(spark, workspace, folders.shards(chunk.part())));
    }

    @Override
    public void check(Dataset<Row> written) {
      packed =
          packed.plus(
              written
                  .agg(
                      count(PackedTable.ID),
                      sum(PackedTable.BYTES),
                      countDistinct(PackedTable.SHARD))
                  .head());
      record
          .result("images", packed.images())
          .result("bytes", packed.bytes())
          .result("shards", packed.shards())
          .result("skipped", writer.skipped());
    }

    @Override
    public void failed(IncrementalTable.Chunk chunk) {
      folders.delete(chunk.part());
    }
  }

  /** Where the images of some shards are; a task for each of them reads it. */
  private static Dataset<Row> places(SparkSession spark, Workspace workspace, List<String> shards) {
    ShardIndex index =
        new ShardIndex(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    String folder = workspace.uri();
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(shards, shards.size())
            .flatMap(shard -> index.of(folder, shard));
    return spark.createDataFrame(rows, PackedTable.SPEC.schema());
  }

  /** Rows whose shards are there: what somebody has deleted is packed again. */
  private static Dataset<Row> there(SparkSession spark, Dataset<Row> packed, ShardFolders folders) {
    Dataset<Row> there =
        spark.createDataset(folders.shards(), Encoders.STRING()).toDF(PackedTable.SHARD);
    return packed
        .join(broadcast(there), new String[] {PackedTable.SHARD}, "left_semi")
        .select(PackedTable.ID, PackedTable.SHA256);
  }

  /** Names of the folders whose shards count. */
  private static Set<String> used(Workspace workspace) {
    if (!workspace.has(PackedTable.SPEC)) {
      return Set.of();
    }
    return new TreeSet<>(
        workspace
            .read(PackedTable.SPEC)
            .select(element_at(split(col(PackedTable.SHARD), "/"), 2))
            .distinct()
            .as(Encoders.STRING())
            .collectAsList());
  }

  private static void requireNoContent(Dataset<Row> images) {
    if (Arrays.asList(images.columns()).contains(PackedTable.CONTENT)) {
      throw new UserException(
          "the catalog has a column '"
              + PackedTable.CONTENT
              + "' of its own, which is what shards call the bytes of an image; rename it in the"
              + " manifest and run 'spark-vit catalog --overwrite'");
    }
  }

  private static String line(Packed packed, long wanted, Instant started) {
    double seconds = Math.max(1, Duration.between(started, Instant.now()).toMillis()) / 1000.0;
    return String.format(
        Locale.ROOT,
        "pack: %,d of %,d images, %.1f MB in %,d shards, in %.1f s (%.1f MB/s)",
        packed.images(),
        wanted,
        packed.bytes() / 1e6,
        packed.shards(),
        seconds,
        packed.bytes() / 1e6 / seconds);
  }
}
