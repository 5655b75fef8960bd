package org.sparkvit.pipeline.repair;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.RepairsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.loading.ImageManifest;
import org.sparkvit.pipeline.repair.RepairConfig.WrongLabels;
import org.sparkvit.stats.metrics.FalseDiscovery;
import org.sparkvit.stats.metrics.Proportion;

/**
 * Reads {@code images}, {@code findings} and {@code label_checks}; writes {@code repairs} and, as
 * {@code exports/repair-RUN/images.parquet}, a manifest without what the policy leaves out. Images
 * and catalog stay as they are: reading the manifest takes the repairs over, reading the former
 * inputs again undoes them.
 */
public final class RepairStage {
  private static final double SIGNIFICANT = 0.05;
  private static final int SUPPORT = 30;
  private static final int TOLD = 5;

  private final RepairConfig config;
  private final Progress progress;

  public RepairStage(RepairConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    RunRecord record =
        RunRecord.start("repair", config.toMap())
            .input("images", workspace.version(ImagesTable.SPEC));
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    List<String> slices = config.slices().orElseGet(() -> SliceColumns.usual(images));
    SliceColumns.require(images, slices);
    Dataset<Row> findings = workspace.read(FindingsTable.SPEC);
    record.input("findings", workspace.version(FindingsTable.SPEC));
    Optional<Dataset<Row>> checks = Optional.empty();
    if (config.wrongLabels() != WrongLabels.KEEP) {
      checks = Optional.of(workspace.read(LabelChecksTable.SPEC));
      record.input("label_checks", workspace.version(LabelChecksTable.SPEC));
    }
    sayChanged(images, findings, checks, record);
    Dataset<Row> repairs =
        Repairs.of(images, findings, checks, config).persist(StorageLevel.MEMORY_AND_DISK());
    String folder = workspace.beginExport("repair-" + record.runId(), record);
    String manifest = folder + "/images.parquet";
    try {
      report(images, repairs, slices, record);
      Dataset<Row> cleaned = Repairs.apply(images, repairs);
      ImageManifest.write(cleaned, manifest);
      record.result("manifest", manifest);
      workspace.replace(RepairsTable.SPEC, repairs, record);
      boolean unlabelled = !cleaned.where(col(ImagesTable.LABEL).isNull()).isEmpty();
      progress.say(
          "next, to take the repairs over: "
              + ImageManifest.catalogCommand(config.workspace(), manifest, cleaned, unlabelled));
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      workspace.deleteExport(folder, e);
      throw e;
    } finally {
      repairs.unpersist();
    }
  }

  private void sayChanged(
      Dataset<Row> images, Dataset<Row> findings, Optional<Dataset<Row>> checks, RunRecord record) {
    long settled = Repairs.settled(CurrentLabels.in(findings, images)).count();
    long verdicts = 0;
    if (checks.isPresent()) {
      Dataset<Row> issues = checks.get().where(col(LabelChecksTable.ISSUE));
      verdicts = CurrentLabels.changed(issues, images);
    }
    record.result("settled_conflicts", settled).result("outdated_label_checks", verdicts);
    if (settled + verdicts > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "repair: warning: labels have changed since the audit or the check of labels: %,d"
                  + " conflicts that are none any more and %,d verdicts on other labels are not"
                  + " acted on; run 'spark-vit audit' and 'spark-vit labels' again",
              settled,
              verdicts));
    }
  }

  private void report(
      Dataset<Row> images, Dataset<Row> repairs, List<String> slices, RunRecord record) {
    Map<String, Object> counts = new LinkedHashMap<>();
    for (Row row :
        repairs
            .groupBy(RepairsTable.ACTION, RepairsTable.RULE)
            .agg(count(lit(1)))
            .orderBy(RepairsTable.ACTION, RepairsTable.RULE)
            .collectAsList()) {
      counts.put(row.getString(0) + " " + row.getString(1), row.getLong(2));
      progress.say(
          String.format(
              Locale.ROOT,
              "  %-8s %-20s %,d images",
              row.getString(0).toLowerCase(Locale.ROOT),
              row.getString(1),
              row.getLong(2)));
    }
    Dataset<Row> marked =
        images.join(
            repairs
                .where(col(RepairsTable.ACTION).equalTo(RepairsTable.EXCLUDE))
                .select(RepairsTable.ID)
                .distinct()
                .withColumn("left_out", lit(true)),
            new String[] {ImagesTable.ID},
            "left");
    Row all = marked.agg(count(lit(1)), count_if(col("left_out"))).head();
    Proportion lost = new Proportion(all.getLong(1), all.getLong(0));
    progress.say(
        String.format(
            Locale.ROOT,
            "repair: %,d of %,d images are left out (%.2f %%)",
            lost.hits(),
            lost.total(),
            100 * lost.rate()));
    record.result("rules", counts).result("excluded", lost.hits());
    if (lost.rate() > config.maxShare()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "the policy leaves out %.2f %% of the images, more than --max-share %s; nothing was"
                  + " written",
              100 * lost.rate(),
              config.maxShare()));
    }
    List<String> columns = new ArrayList<>(slices);
    columns.add(ImagesTable.LABEL);
    for (String column : columns) {
      sayLosses(marked, column, lost);
    }
  }

  /** Values that lose more than the rest: cleaning must not take one kind of images away. */
  private void sayLosses(Dataset<Row> marked, String column, Proportion all) {
    List<Row> values =
        marked
            .groupBy(SliceColumns.value(column).as("value"))
            .agg(count(lit(1)).as("n"), count_if(col("left_out")).as("lost"))
            .where(col("n").geq(SUPPORT))
            .orderBy(col("lost").divide(col("n")).desc(), col("value"))
            .limit(SliceColumns.MAX_VALUES)
            .collectAsList();
    double[] p = new double[values.size()];
    for (int i = 0; i < p.length; i++) {
      Proportion here = new Proportion(values.get(i).getLong(2), values.get(i).getLong(1));
      p[i] = here.pValue(new Proportion(all.hits() - here.hits(), all.total() - here.total()));
    }
    double[] q = FalseDiscovery.adjust(p);
    int told = 0;
    for (int i = 0; i < q.length && told < TOLD; i++) {
      Row row = values.get(i);
      double rate = row.getLong(2) / (double) row.getLong(1);
      if (q[i] < SIGNIFICANT && rate > all.rate()) {
        progress.say(
            String.format(
                Locale.ROOT,
                "  warning: of %s %s %.1f %% are left out, more than of the rest",
                column,
                row.getString(0),
                100 * rate));
        told++;
      }
    }
  }
}
