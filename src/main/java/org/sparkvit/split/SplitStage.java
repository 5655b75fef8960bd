package org.sparkvit.split;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.DataException;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.split.SplitConfig.Existing;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.SplitsTable;
import org.sparkvit.table.Workspace;

/**
 * Reads {@code images}, places them by {@link Splitter}, checks the result, writes {@code splits}.
 */
public final class SplitStage {
  private final SplitConfig config;
  private final Progress progress;

  public SplitStage(SplitConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. Nothing is written unless the result passes its checks. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("split", config.toMap());
    Workspace workspace = Workspace.at(spark, config.workspace());
    if (config.existing() != Existing.EXTEND) {
      workspace.requireAbsent(SplitsTable.SPEC, config.existing() == Existing.OVERWRITE);
    }
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    record.input("images", workspace.version(ImagesTable.SPEC));
    Optional<Dataset<Row>> earlier = Optional.empty();
    if (config.existing() == Existing.EXTEND && workspace.has(SplitsTable.SPEC)) {
      earlier = Optional.of(workspace.read(SplitsTable.SPEC));
      record.input("splits", workspace.version(SplitsTable.SPEC));
    }

    Dataset<Row> items = SplitItems.of(images, earlier, config).persist();
    try {
      requireUniqueIds(items);
      Splitter splitter = new Splitter(items, config);
      Dataset<Row> placed = splitter.place().persist();
      try {
        SortedMap<String, long[]> quotas = splitter.quotas();
        verify(placed, quotas);
        workspace.replace(
            SplitsTable.SPEC,
            placed.select(SplitsTable.ID, SplitsTable.LABEL, SplitsTable.SPLIT, SplitsTable.GROUP),
            note(record, images, placed, quotas, splitter.closed()));
      } finally {
        placed.unpersist();
      }
    } finally {
      items.unpersist();
    }
    progress.say("next: spark-vit balance, or spark-vit train");
  }

  /** Says and records the outcome. */
  private RunRecord note(
      RunRecord record,
      Dataset<Row> images,
      Dataset<Row> placed,
      SortedMap<String, long[]> quotas,
      List<String> closed) {
    SplitSummary summary = new SplitSummary(quotas, config.shares());
    summary.lines().forEach(progress::say);
    if (!closed.isEmpty()) {
      progress.say("taken as the data names them: " + String.join(", ", closed));
    }
    Row left =
        images
            .agg(
                count_if(not(SplitItems.usable())),
                count_if(SplitItems.usable().and(not(SplitItems.labelled()))))
            .first();
    if (left.getLong(0) + left.getLong(1) > 0) {
      progress.say(
          "left out: %,d images that cannot be read, %,d without a label"
              .formatted(left.getLong(0), left.getLong(1)));
    }
    Row groups =
        placed
            .filter(col(SplitsTable.GROUP).isNotNull())
            .agg(countDistinct(SplitsTable.GROUP), count(lit(1)))
            .first();
    if (groups.getLong(0) > 0) {
      progress.say(
          "kept whole: %,d groups with %,d images".formatted(groups.getLong(0), groups.getLong(1)));
    }
    return record
        .result("classes", summary.toMap())
        .result("images.unusable", left.getLong(0))
        .result("images.unlabelled", left.getLong(1))
        .result("groups", groups.getLong(0));
  }

  private static void requireUniqueIds(Dataset<Row> items) {
    List<Row> twice =
        items
            .groupBy(SplitItems.ID)
            .count()
            .filter(col("count").gt(1))
            .select(min(SplitItems.ID))
            .collectAsList();
    if (!twice.get(0).isNullAt(0)) {
      throw new DataException(
          ImagesTable.SPEC.name(), ImagesTable.ID, "has '" + twice.get(0).get(0) + "' twice");
    }
  }

  /** Proves the promises on the result itself: exact quotas, and no key in two splits. */
  private static void verify(Dataset<Row> placed, SortedMap<String, long[]> quotas) {
    SortedMap<String, long[]> counts = new TreeMap<>();
    for (Row row : placed.groupBy(SplitsTable.LABEL, SplitsTable.SPLIT).count().collectAsList()) {
      counts
              .computeIfAbsent(row.getString(0), label -> new long[SplitsTable.NAMES.size()])[
              SplitsTable.NAMES.indexOf(row.getString(1))] =
          row.getLong(2);
    }
    quotas.forEach(
        (label, quota) -> {
          if (!Arrays.equals(quota, counts.get(label))) {
            throw new IllegalStateException("class '" + label + "' missed its quotas");
          }
        });
    for (String key : List.of(SplitItems.GROUP_KEY, SplitItems.CONTENT_KEY)) {
      long parted =
          placed
              .filter(col(key).isNotNull())
              .groupBy(key)
              .agg(min(SplitsTable.SPLIT).as("first"), max(SplitsTable.SPLIT).as("last"))
              .filter(col("first").notEqual(col("last")))
              .count();
      if (parted > 0) {
        throw new IllegalStateException(parted + " values of " + key + " are in two splits");
      }
    }
  }
}
