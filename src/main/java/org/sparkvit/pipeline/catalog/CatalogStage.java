package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.Urls;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesSkippedTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/** Inputs to the images table: lists, checks the listing, reads and decodes, publishes. */
@StageDescription(
    name = "catalog",
    group = Group.LOOK_AT_DATA,
    help = {
      "Finds the images of folders, manifests and tar shards, reads and decodes each once, and"
          + " writes the images table:",
      "one row per file with its label, size, hash, format and status, whatever became of it.",
      "Formats: JPEG, PNG, GIF, BMP, TIFF, WebP, PBM, PGM, PPM, and with libheif HEIC and AVIF;"
          + " others are named in the column 'reason'."
    })
public final class CatalogStage extends Stage<CatalogConfig> {
  /**
   * Some ten seconds of decoding, so that a lost task costs little and the Parquet files are few.
   */
  private static final long PARTITION_BYTES = 256L << 20;

  private static final int ROUNDS = 4;

  public CatalogStage() {
    super(CatalogConfig.class);
  }

  /** A listing without what is skipped. */
  private record Totals(long files, long weight) {
    static final Totals NONE = new Totals(0, 0);
  }

  @Override
  protected List<TableSpec> replaces(CatalogConfig config) {
    return config.update() ? List.of() : List.of(ImagesTable.SPEC);
  }

  @Override
  protected List<TableSpec> appends(CatalogConfig config) {
    return config.update() ? List.of(ImagesTable.SPEC) : List.of();
  }

  @Override
  protected void run(StageContext context, CatalogConfig config) {
    InputDecisions decisions = new InputDecisions();
    InputSources inputs =
        new InputSources(config, context.spark().sparkContext().hadoopConfiguration(), decisions);
    List<CatalogSource> sources = inputs.all();
    context.say("listing %s", inputNames(config));
    // Listing is slow where it is remote, and the rows are small; they are gone over several times.
    Dataset<Row> listing = context.cache(union(context.spark(), sources));
    Totals totals = check(listing, config);
    Dataset<Row> all = Listing.withFieldColumns(listing).where(col(Listing.SKIPPED).isNull());
    Optional<Dataset<Row>> unchanged = unchanged(context, config, all);
    Dataset<Row> files = unchanged.map(rows -> UnchangedFiles.others(all, rows)).orElse(all);
    Totals known =
        unchanged.map(rows -> totals(rows, SizeBalancer.knownWeight())).orElse(Totals.NONE);
    Totals left = unchanged.isEmpty() ? totals : totals(files, SizeBalancer.weight());
    int partitions = partitions(context.spark(), left, config);
    if (unchanged.isPresent()) {
      sayWhatChanged(context, all, known);
    }
    context.metrics().imagesToDo(left.files);
    context.say("reading %,d files in %,d tasks", left.files, partitions);
    List<String> outcome = new ArrayList<>();
    context.publish(
        Map.of(
            ImagesTable.SPEC,
            ImageScan.scan(
                files, left.weight, partitions, new ImageScan.Known(unchanged, known.weight)),
            ImagesSkippedTable.SPEC,
            Listing.skipped(listing)),
        written -> {
          SkippedSummary skipped = SkippedSummary.summarize(written.get(ImagesSkippedTable.SPEC));
          CatalogSummary summary = CatalogSummary.summarize(written.get(ImagesTable.SPEC));
          requireUsable(summary, written.get(ImagesTable.SPEC), config);
          RunRecord record = context.record();
          summary.toMap().forEach(record::result);
          record.result(RunRecord.IMAGES_DONE, left.files);
          record.result("skipped", skipped.toMap());
          record.result("decisions", decisions.sentences());
          context.next("audit");
          outcome.addAll(summary.lines(decisions.sentences(), skipped));
        });
    outcome.forEach(context.progress()::say);
  }

  /** Returns the rows of files that need not be read, or nothing where all are to be read. */
  private static Optional<Dataset<Row>> unchanged(
      StageContext context, CatalogConfig config, Dataset<Row> listing) {
    if (!config.update()) {
      return Optional.empty();
    }
    return context
        .readIfPresent(ImagesTable.SPEC)
        .map(
            images ->
                context.cache(
                    new UnchangedFiles(images, context.workspace().record(ImagesTable.SPEC))
                        .rows(listing)));
  }

  private static void sayWhatChanged(StageContext context, Dataset<Row> listing, Totals known) {
    long gone = UnchangedFiles.gone(context.read(ImagesTable.SPEC), listing).count();
    context.record().result("unchanged", known.files).result("gone", gone);
    context.say(
        "%,d files are as the earlier catalog read them; %,d of its images are gone",
        known.files, gone);
  }

  private static Totals totals(Dataset<Row> rows, Column weight) {
    Row sums = rows.agg(count(lit(1)), coalesce(sum(weight), lit(0L))).head();
    return new Totals(sums.getLong(0), sums.getLong(1));
  }

  private static Dataset<Row> union(SparkSession spark, List<CatalogSource> sources) {
    Dataset<Row> all = sources.get(0).list(spark);
    for (CatalogSource source : sources.subList(1, sources.size())) {
      Dataset<Row> more = source.list(spark);
      for (StructField field : Listing.own(more.schema())) {
        for (StructField other : Listing.own(all.schema())) {
          if (field.name().equalsIgnoreCase(other.name())
              && !field.dataType().sameType(other.dataType())) {
            throw new UserException(
                "column '"
                    + field.name()
                    + "' is "
                    + other.dataType().simpleString()
                    + " in one manifest and "
                    + field.dataType().simpleString()
                    + " in another; rename one, or catalog them into two workspaces");
          }
        }
      }
      all = all.unionByName(more, true);
    }
    return all;
  }

  private static String inputNames(CatalogConfig config) {
    return String.join(", ", config.inputs().stream().map(Urls::withoutSecrets).toList());
  }

  private static Totals check(Dataset<Row> listing, CatalogConfig config) {
    Row totals =
        listing
            .agg(
                count(when(col(Listing.SKIPPED).isNull(), 1)),
                sum(when(col(Listing.SKIPPED).isNull(), SizeBalancer.weight())),
                count(col(Listing.PROBLEM)),
                min(col(Listing.PROBLEM)))
            .head();
    long problems = totals.getLong(2);
    if (problems > 0) {
      throw new UserException(
          totals.getString(3) + (problems > 1 ? " (and " + (problems - 1) + " more like it)" : ""));
    }
    if (totals.getLong(0) == 0) {
      throw new UserException(
          "--input "
              + inputNames(config)
              + " has no images in it"
              + SkippedSummary.summarize(Listing.skipped(listing)).inBrackets()
              + "; check the path");
    }
    List<Row> repeated =
        listing
            .where(col(Listing.SKIPPED).isNull())
            .groupBy(Listing.NAME)
            .agg(count(lit(1)).as("times"), collect_list(ImagesTable.PATH).as("paths"))
            .where("times > 1")
            .orderBy(Listing.NAME)
            .limit(1)
            .collectAsList();
    if (!repeated.isEmpty()) {
      List<String> paths = new ArrayList<>(repeated.get(0).<String>getList(2));
      paths.sort(null);
      throw new UserException(
          paths.get(0).equals(paths.get(1))
              ? "'" + paths.get(0) + "' is listed twice; name every image once"
              : "'"
                  + paths.get(0)
                  + "' and '"
                  + paths.get(1)
                  + "' would have one id, that of '"
                  + repeated.get(0).getString(0)
                  + "'; give the folders different names, or name the folder above both as"
                  + " --input");
    }
    return new Totals(totals.getLong(0), totals.getLong(1));
  }

  private static int partitions(SparkSession spark, Totals totals, CatalogConfig config) {
    if (config.partitions() > 0) {
      return config.partitions();
    }
    long wanted =
        Math.max(
            (long) ROUNDS * spark.sparkContext().defaultParallelism(),
            totals.weight / PARTITION_BYTES);
    return (int) Math.max(1, Math.min(Math.min(wanted, totals.files), 100_000));
  }

  private static void requireUsable(
      CatalogSummary summary, Dataset<Row> images, CatalogConfig config) {
    if (summary.unusable() <= config.maxErrorRate() * summary.images()) {
      return;
    }
    Row example =
        images
            .where(not(col(ImagesTable.STATUS).isin("OK", "EXT_MISMATCH")))
            .orderBy(ImagesTable.PATH)
            .select(ImagesTable.PATH, ImagesTable.STATUS, ImagesTable.REASON)
            .head();
    throw new UserException(
        String.format(
            Locale.ROOT,
            "%,d of %,d files are no usable images, more than --max-error-rate %s allows, e.g. '%s'"
                + " is %s (%s); nothing was published. Is --input the right one?",
            summary.unusable(),
            summary.images(),
            config.maxErrorRate(),
            example.getString(0),
            example.getString(1),
            example.getString(2)));
  }
}
