package org.sparkvit.pipeline.synthesize;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.SyntheticTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.hash.PdqHash;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Reads {@code images}, {@code splits} and, where there has been an audit, {@code pixels}; writes
 * image files below {@code exports/synthetic-RUN} and {@code synthetic}, which {@code train
 * --synthetic} shows beside the train split. They are in no other table, so nothing else can take
 * them for images.
 */
@StageDescription(
    name = "synthesize",
    group = Group.PREPARE,
    help = {
      "Makes images of rare classes out of two images of the train split each, for 'train"
          + " --synthetic', and writes what each is made of.",
      "What comes to look like an image of validation or test is not kept."
    })
public final class SynthesizeStage extends Stage<SynthesizeConfig> {
  private static final int IMAGES_PER_PARTITION = 200;

  /** More classes than this are left out of lines for people. */
  private static final int SHOWN = 20;

  public SynthesizeStage() {
    super(SynthesizeConfig.class);
  }

  @Override
  protected List<TableSpec> replaces(SynthesizeConfig config) {
    return List.of(SyntheticTable.SPEC);
  }

  @Override
  protected void run(StageContext context, SynthesizeConfig config) {
    Dataset<Row> images = context.labels();
    CurrentLabels.require(images, "make others of");
    Dataset<Row> splits = context.read(SplitsTable.SPEC);
    CurrentSplits current = CurrentSplits.of(images, splits);
    current.count().line().ifPresent(line -> context.say("warning: " + line));
    Dataset<Row> train = train(images, current.rows());
    SortedMap<String, Long> sizes = sizes(train);
    Map<String, Long> needed = needed(sizes, config);
    long wanted = needed.values().stream().mapToLong(Long::longValue).sum();
    context.say("%,d images are to be made: %s", wanted, shown(needed));

    Dataset<Row> placed = context.cache(Pairing.place(train, config.blending().seed()));
    Dataset<Row> pairs = Pairing.pair(placed, sizes, needed, config);
    SparkSession spark = context.spark();
    Workspace workspace = context.workspace();
    String folder =
        workspace.beginExport("synthetic-" + context.record().runId(), context.record());
    LongAccumulator unreadable = spark.sparkContext().longAccumulator("unreadable pairs");
    Dataset<Row> made =
        context.cache(
            pairs
                .repartition((int) (wanted / IMAGES_PER_PARTITION + 1), col(Pairing.FIRST))
                .mapPartitions(
                    new Blending(
                        config.blending(),
                        new ImageFiles(spark),
                        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()),
                        folder,
                        CatalogBackground.of(workspace),
                        unreadable),
                    Encoders.row(SyntheticTable.SPEC.schema())));
    try {
      Dataset<Row> kept = withoutLeaks(context, made, images, splits);
      context.record().result("folder", folder);
      context.publish(SyntheticTable.SPEC, kept);
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      workspace.deleteExport(folder, e);
      throw e;
    }
    outcome(context, unreadable.value());
    context.say("files in %s", folder);
    context.next("train --synthetic");
  }

  private static Dataset<Row> train(Dataset<Row> images, Dataset<Row> splits) {
    return images
        .where(ImagesTable.usable())
        .select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.OFFSET, ImagesTable.BYTES)
        .join(
            splits
                .where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN))
                .select(SplitsTable.ID, SplitsTable.LABEL),
            ImagesTable.ID);
  }

  private static String shown(Map<String, Long> needed) {
    String first =
        needed.entrySet().stream()
            .limit(SHOWN)
            .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", "));
    return needed.size() <= SHOWN
        ? first
        : String.format(Locale.ROOT, "%s and of %,d more classes", first, needed.size() - SHOWN);
  }

  private static SortedMap<String, Long> sizes(Dataset<Row> train) {
    SortedMap<String, Long> sizes = new TreeMap<>();
    for (Row row : train.groupBy(ImagesTable.LABEL).count().collectAsList()) {
      sizes.put(row.getString(0), row.getLong(1));
    }
    if (sizes.values().stream().mapToLong(Long::longValue).sum() < 2) {
      throw new UserException(
          "the train split has fewer than two images; run 'spark-vit split --overwrite' with a"
              + " larger --train");
    }
    return sizes;
  }

  private static Map<String, Long> needed(SortedMap<String, Long> sizes, SynthesizeConfig config) {
    long target = config.target().orElseGet(() -> Collections.max(sizes.values()));
    Map<String, Long> needed = new TreeMap<>();
    sizes.forEach(
        (label, n) -> {
          if (n < target) {
            needed.put(label, target - n);
          }
        });
    if (needed.isEmpty()) {
      throw new UserException(
          "no class has fewer than "
              + target
              + " images to train on, so there is nothing to make; give a larger --target");
    }
    return needed;
  }

  /** Leaves out what came to look like an image that the model will be judged by. */
  private static Dataset<Row> withoutLeaks(
      StageContext context, Dataset<Row> made, Dataset<Row> images, Dataset<Row> splits) {
    Optional<Dataset<Row>> pixels = context.readIfPresent(PixelsTable.SPEC);
    if (pixels.isEmpty()) {
      context.say(
          "there has been no audit, so the images are not compared with those of"
              + " validation and test");
      return made;
    }
    Dataset<Row> judging =
        SameContent.current(pixels.get(), images)
            .join(
                splits
                    .where(not(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN)))
                    .select(col(SplitsTable.ID).as(PixelsTable.ID)),
                PixelsTable.ID);
    // Few: what was mixed from images of train has to look like one of the others.
    List<Row> leaking =
        SyntheticLeakage.find(made, judging, PdqHash.SAME)
            .select(SyntheticTable.ID, SyntheticTable.PATH)
            .collectAsList();
    context.say(
        "%,d came to look like an image of validation or test, and are not kept", leaking.size());
    context.record().result("leaking", leaking.size());
    for (Row leak : leaking) {
      delete(made.sparkSession(), leak.getString(1));
    }
    return made.where(
        not(col(SyntheticTable.ID).isInCollection(leaking.stream().map(r -> r.get(0)).toList())));
  }

  private static void outcome(StageContext context, long unreadable) {
    List<Row> made =
        context
            .read(SyntheticTable.SPEC)
            .groupBy(SyntheticTable.LABEL, SyntheticTable.METHOD)
            .agg(count(lit(1)))
            .orderBy(SyntheticTable.LABEL, SyntheticTable.METHOD)
            .collectAsList();
    for (Row row : made.subList(0, Math.min(SHOWN, made.size()))) {
      context.say("%s by %s: %,d images", row.getString(0), row.getString(1), row.getLong(2));
    }
    if (made.size() > SHOWN) {
      context.say("%,d more kinds; the table 'synthetic' has them all", made.size() - SHOWN);
    }
    if (unreadable > 0) {
      context.say("%,d pairs had an image that could not be read", unreadable);
    }
  }

  private static void delete(SparkSession spark, String uri) {
    Path path = new Path(uri);
    try {
      path.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(path, false);
    } catch (IOException e) {
      // It is not in the table, which is what counts.
    }
  }
}
