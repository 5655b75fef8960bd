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
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
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
import org.sparkvit.dataset.workspace.Workspace;

/**
 * Images to shards, chunk by chunk. A chunk is a few shards for each core and becomes visible in
 * one step, so that a run which is killed loses no more than the chunk it was in: the next one
 * packs what is in no shard yet. Two runs at once may pack an image twice; either copy is as good.
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

    ShardPlan plan =
        ShardPlan.plan(missing(spark, workspace, images, folders), config.shardBytes());
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
    Packed packed = new Packed(0, 0, 0);
    int step = SHARDS_PER_CORE * spark.sparkContext().defaultParallelism();
    for (int first = 0; first < plan.shards().size(); first += step) {
      int end = Math.min(first + step, plan.shards().size());
      List<IdInterval> shards = plan.shards().subList(first, end);
      IdInterval range = new IdInterval(shards.get(0).from(), shards.get(shards.size() - 1).to());
      Dataset<Row> chunk =
          missing(spark, workspace, images, folders).where(range.has(col(ImagesTable.ID)));
      String name = String.format(Locale.ROOT, "%s-%05d", record.runId(), first / step + 1);
      packed = pack(spark, workspace, folders, writer, chunk, shards, name, packed, record);
      if (end < plan.shards().size()) {
        progress.say(line(packed, plan.images(), started));
      }
    }
    workspace.compact(PackedTable.SPEC, record);
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
    progress.say(line(packed, plan.images(), started));
  }

  /** Writes one chunk's shards and makes them count. */
  private Packed pack(
      SparkSession spark,
      Workspace workspace,
      ShardFolders folders,
      ShardWriter writer,
      Dataset<Row> images,
      List<IdInterval> ranges,
      String name,
      Packed before,
      RunRecord record) {
    folders.begin(name, record.runId());
    try {
      long packedBefore = writer.packed();
      writer.write(images, ranges, folders.uri(name));
      if (writer.packed() == packedBefore) {
        folders.delete(name);
        return before;
      }
      Packed[] packed = new Packed[1];
      workspace.append(
          PackedTable.SPEC,
          name,
          places(spark, workspace, folders.shards(name)),
          record,
          rows -> {
            packed[0] =
                before.plus(
                    rows.agg(
                            count(PackedTable.ID),
                            sum(PackedTable.BYTES),
                            countDistinct(PackedTable.SHARD))
                        .head());
            record
                .result("images", packed[0].images())
                .result("bytes", packed[0].bytes())
                .result("shards", packed[0].shards())
                .result("skipped", writer.skipped());
          });
      return packed[0];
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      folders.delete(name);
      throw e;
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

  /** Images that can be read and whose present content is in no shard. */
  private static Dataset<Row> missing(
      SparkSession spark, Workspace workspace, Dataset<Row> images, ShardFolders folders) {
    Dataset<Row> wanted =
        images.where(
            ImagesTable.usable()
                .and(col(ImagesTable.BYTES).gt(0))
                .and(col(ImagesTable.SHA256).isNotNull()));
    if (!workspace.has(PackedTable.SPEC)) {
      return wanted;
    }
    // What somebody has deleted is packed again.
    Dataset<Row> there =
        spark.createDataset(folders.shards(), Encoders.STRING()).toDF(PackedTable.SHARD);
    Dataset<Row> packed =
        workspace
            .read(PackedTable.SPEC)
            .join(broadcast(there), PackedTable.SHARD)
            .select(
                col(PackedTable.ID).as("packed_id"), col(PackedTable.SHA256).as("packed_sha256"));
    Column same =
        col(ImagesTable.ID)
            .equalTo(col("packed_id"))
            .and(col(ImagesTable.SHA256).equalTo(col("packed_sha256")));
    return wanted.join(packed, same, "left_anti");
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
