package org.sparkvit.pipeline.pack;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.sum;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PackedTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.IdRange;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.IncrementalTable;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Images to shards, chunk by chunk, as an {@link IncrementalTable}. A chunk is whole shards, a few
 * for each core or more. Two runs at once may pack an image twice; either copy is as good.
 */
@StageDescription(
    name = "pack",
    group = Group.PREPARE,
    help = {
      "Copies the bytes of the catalog's images into Parquet shards in the workspace, which score,"
          + " train and report then read in place of millions of small objects.",
      "A rerun packs only what is new, changed or gone from the shards."
    })
public final class PackStage extends Stage<PackConfig> {
  private static final int SHARDS_PER_CORE = 4;

  public PackStage() {
    super(PackConfig.class);
  }

  /** What a run has packed so far. */
  private record Packed(long images, long bytes, long shards) {
    Packed plus(Row sums) {
      return sums.isNullAt(0)
          ? this
          : new Packed(images + sums.getLong(0), bytes + sums.getLong(1), shards + sums.getLong(2));
    }
  }

  @Override
  protected List<TableSpec> appends(PackConfig config) {
    return List.of(PackedTable.SPEC);
  }

  @Override
  protected void run(StageContext context, PackConfig config) {
    Dataset<Row> images = context.read(ImagesTable.SPEC);
    requireNoContent(images);
    SparkSession spark = context.spark();
    Workspace workspace = context.workspace();
    ShardFolders folders = new ShardFolders(spark, workspace);
    int abandoned = folders.deleteAbandoned(used(context));
    if (abandoned > 0) {
      context.say("deleted what %d runs have left that were killed", abandoned);
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
      context.say("nothing to do, every image that can be read is in a shard");
      return;
    }
    context.say(
        "%,d images of %.1f MB to pack in %,d shards",
        plan.images(), plan.bytes() / 1e6, plan.shards().size());
    RunRecord record = context.record();
    ShardWriter writer = new ShardWriter(spark, config.readThreads());
    Packing packing = new Packing(spark, workspace, folders, plan, writer, record);
    int cores = spark.sparkContext().defaultParallelism();
    table
        .firstChunkOf(plan.imagesOf(SHARDS_PER_CORE * cores))
        .fill(plan.ranges(record.runId()), "packed", packing, record, context.progress());
    if (writer.skipped() > 0) {
      context.say(
          "warning: %,d images are left out and stay where they are; run 'spark-vit"
              + " catalog' again: %s%s",
          writer.skipped(),
          String.join("; ", writer.problems()),
          writer.skipped() > writer.problems().size() ? "; ..." : "");
    }
    sayPacked(context, packing.packed, plan.images());
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
  private static Set<String> used(StageContext context) {
    return context
        .readIfPresent(PackedTable.SPEC)
        .map(
            packed ->
                Set.copyOf(
                    packed
                        .select(element_at(split(col(PackedTable.SHARD), "/"), 2))
                        .distinct()
                        .as(Encoders.STRING())
                        .collectAsList()))
        .orElse(Set.of());
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

  private static void sayPacked(StageContext context, Packed packed, long wanted) {
    double seconds = Math.max(0.001, context.seconds());
    context.say(
        "%,d of %,d images, %.1f MB in %,d shards, in %.1f s (%.1f MB/s)",
        packed.images(),
        wanted,
        packed.bytes() / 1e6,
        packed.shards(),
        seconds,
        packed.bytes() / 1e6 / seconds);
  }
}
