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
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.RepairsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.loading.ImageManifest;
import org.sparkvit.pipeline.repair.RepairConfig.WrongLabels;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.stats.metrics.FalseDiscovery;
import org.sparkvit.stats.metrics.Proportion;

/**
 * Applies a policy to the findings on images and labels. It reads the labels, {@code findings} and
 * {@code label_checks}. It writes {@code repairs}, and decisions on the images to leave out and the
 * labels to change. The images and the catalog stay as they are.
 */
@StageDescription(
    name = "repair",
    group = Group.PREPARE,
    help = {
      "Applies a policy to what audit and labels found: which images to leave out, which labels to"
          + " change. Both count at once, in every command, and can be taken back.",
      "Writes a list of them with the reason for each. No image is touched."
    })
public final class RepairStage extends Stage<RepairConfig> {
  private static final double SIGNIFICANT = 0.05;
  private static final int SUPPORT = 30;
  private static final int TOLD = 5;
  private static final String SOURCE = "repair";

  public RepairStage() {
    super(RepairConfig.class);
  }

  @Override
  protected List<TableSpec> appends(RepairConfig config) {
    return config.dryRun() ? List.of() : List.of(DecisionsTable.SPEC, RepairsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, RepairConfig config) {
    if (config.revert().isPresent()) {
      context.revert(config.revert().get(), Optional.of(SOURCE));
      return;
    }
    Dataset<Row> images = context.labels();
    List<String> slices = config.slices().orElseGet(() -> SliceColumns.usual(images));
    SliceColumns.require(images, slices);
    Dataset<Row> findings = context.read(FindingsTable.SPEC);
    Optional<Dataset<Row>> checks =
        config.wrongLabels() == WrongLabels.KEEP
            ? Optional.empty()
            : Optional.of(context.read(LabelChecksTable.SPEC));
    sayChanged(context, images, findings, checks);
    Dataset<Row> repairs = context.cache(Repairs.of(images, findings, checks, config));
    report(context, config, images, repairs, slices);
    if (config.dryRun()) {
      context.say("nothing was written, as --dry-run asks for");
      return;
    }
    if (config.export()) {
      export(context, config, Repairs.apply(images, repairs));
    }
    context.publish(RepairsTable.SPEC, repairs);
    long decided = context.decide(Repairs.decisions(repairs), SOURCE, SOURCE);
    context.say(
        "%,d decisions count from now on; 'spark-vit repair --revert %s' takes them back",
        decided, context.record().runId());
    context.next("split --extend");
  }

  private static void export(StageContext context, RepairConfig config, Dataset<Row> cleaned) {
    String folder =
        context.workspace().beginExport("repair-" + context.record().runId(), context.record());
    String manifest = folder + "/images.parquet";
    try {
      ImageManifest.write(cleaned, manifest);
      context.record().result("manifest", manifest);
      boolean unlabelled = !cleaned.where(col(ImagesTable.LABEL).isNull()).isEmpty();
      context.say(
          "a manifest of what is left: %s",
          ImageManifest.catalogCommand(config.workspace(), manifest, cleaned, unlabelled));
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      context.workspace().deleteExport(folder, e);
      throw e;
    }
  }

  private static void sayChanged(
      StageContext context,
      Dataset<Row> images,
      Dataset<Row> findings,
      Optional<Dataset<Row>> checks) {
    long settled = Repairs.settled(CurrentLabels.in(findings, images)).count();
    long verdicts = 0;
    if (checks.isPresent()) {
      Dataset<Row> issues = checks.get().where(col(LabelChecksTable.ISSUE));
      verdicts = CurrentLabels.changed(issues, images);
    }
    context.record().result("settled_conflicts", settled).result("outdated_label_checks", verdicts);
    if (settled + verdicts > 0) {
      context.say(
          "warning: labels have changed since the audit or the check of labels: %,d"
              + " conflicts that are none any more and %,d verdicts on other labels are not"
              + " acted on; run 'spark-vit audit' and 'spark-vit labels' again",
          settled, verdicts);
    }
  }

  private static void report(
      StageContext context,
      RepairConfig config,
      Dataset<Row> images,
      Dataset<Row> repairs,
      List<String> slices) {
    Map<String, Object> counts = new LinkedHashMap<>();
    for (Row row :
        repairs
            .groupBy(RepairsTable.ACTION, RepairsTable.RULE)
            .agg(count(lit(1)))
            .orderBy(RepairsTable.ACTION, RepairsTable.RULE)
            .collectAsList()) {
      counts.put(row.getString(0) + " " + row.getString(1), row.getLong(2));
      context.say(
          "%-8s %-20s %,d images",
          row.getString(0).toLowerCase(Locale.ROOT), row.getString(1), row.getLong(2));
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
    context.say(
        "%,d of %,d images are left out (%.2f %%)", lost.hits(), lost.total(), 100 * lost.rate());
    context.record().result("rules", counts).result("excluded", lost.hits());
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
      sayLosses(context, marked, column, lost);
    }
  }

  /**
   * Reports the values that lose more images than the rest, as cleaning must not take one kind of
   * images away.
   */
  private static void sayLosses(
      StageContext context, Dataset<Row> marked, String column, Proportion all) {
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
        context.say(
            "warning: of %s %s %.1f %% are left out, more than of the rest",
            column, row.getString(0), 100 * rate);
        told++;
      }
    }
  }
}
