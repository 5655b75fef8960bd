package org.sparkvit.pipeline.decisions;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.LabelDecisions;
import org.sparkvit.dataset.query.NewDecisions;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/** Lists decisions, maps classes and takes runs back. It opens no image. */
@StageDescription(
    name = "decisions",
    group = Group.LABEL,
    help = {
      "Lists what people, models and rules have decided on labels and on images that are left out;"
          + " renames, merges and splits classes; takes the decisions of a run back.",
      "A decision of a model or a rule lapses when the catalog's label or the content of its image"
          + " changes. A person's stands, and the conflict is listed."
    },
    readsEarlierVersions = true,
    showsSparkProgress = false)
public final class DecisionsStage extends Stage<DecisionsConfig> {
  private static final int MOST_RUNS = 50;
  private static final int MOST_CONFLICTS = 20;

  public DecisionsStage() {
    super(DecisionsConfig.class);
  }

  @Override
  protected List<TableSpec> appends(DecisionsConfig config) {
    return config.action() == DecisionsConfig.Action.LIST || config.dryRun()
        ? List.of()
        : List.of(DecisionsTable.SPEC);
  }

  @Override
  protected boolean readsOnly(DecisionsConfig config) {
    return appends(config).isEmpty();
  }

  @Override
  protected void run(StageContext context, DecisionsConfig config) {
    switch (config.action()) {
      case LIST -> list(context);
      case MAP -> map(context, config);
      case REVERT -> context.revert(config.run().orElseThrow(), Optional.empty());
    }
  }

  private static void list(StageContext context) {
    Optional<LabelDecisions> decisions = context.decisions();
    if (decisions.isEmpty()) {
      context.say("nothing has been decided; every label is the catalog's");
      return;
    }
    Dataset<Row> judged = context.cache(decisions.get().judged());
    Map<String, Row> standing = new HashMap<>();
    judged
        .groupBy(DecisionsTable.RUN)
        .agg(count_if(col("lapsed")), count_if(col("conflict")))
        .collectAsList()
        .forEach(row -> standing.put(row.getString(0), row));
    Map<String, String> reverted = new HashMap<>();
    Dataset<Row> all = context.read(DecisionsTable.SPEC);
    all.where(col(DecisionsTable.KIND).equalTo(DecisionsTable.REVERT))
        .select(DecisionsTable.VALUE, DecisionsTable.RUN)
        .collectAsList()
        .forEach(row -> reverted.put(row.getString(0), row.getString(1)));
    List<Row> runs =
        all.where(col(DecisionsTable.KIND).notEqual(DecisionsTable.REVERT))
            .groupBy(DecisionsTable.RUN)
            .agg(
                min(DecisionsTable.TIME),
                first(DecisionsTable.SOURCE),
                first(DecisionsTable.ACTOR),
                counted(DecisionsTable.LABEL),
                counted(DecisionsTable.EXCLUDE),
                counted(DecisionsTable.INCLUDE),
                counted(DecisionsTable.MAP))
            .orderBy(col(DecisionsTable.RUN).desc())
            .limit(MOST_RUNS)
            .collectAsList();
    for (Row run : runs) {
      context.say(line(run, Optional.ofNullable(standing.get(run.getString(0))), reverted));
    }
    sayConflicts(context, judged);
    Row now =
        decisions
            .get()
            .all()
            .agg(
                count(lit(1)),
                count_if(col(LabelDecisions.SOURCE).isNotNull()),
                count_if(col(LabelDecisions.EXCLUDED)))
            .first();
    context.say(
        "of %,d images %,d have a label by decision and %,d are left out",
        now.getLong(0), now.getLong(1), now.getLong(2));
  }

  private static Column counted(String kind) {
    return count_if(col(DecisionsTable.KIND).equalTo(kind));
  }

  private static String line(Row run, Optional<Row> standing, Map<String, String> reverted) {
    List<String> parts = new ArrayList<>();
    String[] kinds = {"labels", "left out", "taken in", "classes mapped"};
    for (int i = 0; i < kinds.length; i++) {
      if (run.getLong(4 + i) > 0) {
        parts.add(String.format(Locale.ROOT, "%,d %s", run.getLong(4 + i), kinds[i]));
      }
    }
    if (reverted.containsKey(run.getString(0))) {
      parts.add("taken back by run " + reverted.get(run.getString(0)));
    } else if (standing.isPresent()) {
      if (standing.get().getLong(1) > 0) {
        parts.add(String.format(Locale.ROOT, "%,d lapsed", standing.get().getLong(1)));
      }
      if (standing.get().getLong(2) > 0) {
        parts.add(String.format(Locale.ROOT, "%,d conflicts", standing.get().getLong(2)));
      }
    }
    return String.format(
        Locale.ROOT,
        "%s  %s  %s by %.12s: %s",
        run.getString(0),
        run.getTimestamp(1).toInstant(),
        run.getString(2),
        run.getString(3),
        String.join(", ", parts));
  }

  private static void sayConflicts(StageContext context, Dataset<Row> judged) {
    Dataset<Row> conflicts = judged.where(col("conflict"));
    long count = conflicts.count();
    context.record().result("conflicts", count);
    if (count == 0) {
      return;
    }
    context.say(
        "warning: of %,d images a person's label and the catalog's new one differ; the person's"
            + " counts until its run is taken back:",
        count);
    conflicts
        .orderBy(DecisionsTable.ID)
        .limit(MOST_CONFLICTS)
        .select(
            col(DecisionsTable.ID),
            col(DecisionsTable.VALUE),
            col(DecisionsTable.CATALOG_LABEL),
            col("now_label"),
            col(DecisionsTable.RUN))
        .collectAsList()
        .forEach(
            row ->
                context.say(
                    "  %s: %s by a person, %s then, %s in the catalog now (run %s)",
                    row.getString(0),
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4)));
  }

  private static void map(StageContext context, DecisionsConfig config) {
    Dataset<Row> labels = context.labels();
    Optional<Map.Entry<String, String>> where = config.where().entrySet().stream().findFirst();
    Column chosen = lit(true);
    if (where.isPresent()) {
      String name = where.get().getKey();
      List<String> own = ImagesTable.SPEC.extraColumns(labels);
      UserException.require(own.contains(name), "--where", name, "a column of " + own);
      chosen = QuotedColumn.named(name).cast("string").eqNullSafe(lit(where.get().getValue()));
    }
    Map<String, Long> counts = new TreeMap<>();
    labels
        .where(chosen.and(ImagesTable.labelled()))
        .groupBy(ImagesTable.LABEL)
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    NewDecisions decisions =
        new NewDecisions("decisions", config.actor(), context.record().runId(), context.started());
    List<Row> rows = new ArrayList<>();
    config
        .classes()
        .forEach(
            (from, to) -> {
              if (!counts.containsKey(from)) {
                throw new UserException(
                    "--class names '"
                        + from
                        + "', which no image has"
                        + (where.isPresent() ? " where " + config.where() : "")
                        + "; there are "
                        + counts.keySet());
              }
              context.say(
                  "%,d images of '%s' are '%s'%s",
                  counts.get(from),
                  from,
                  to,
                  config.dryRun() ? " if this is done" : " from now on");
              rows.add(decisions.map(from, to, where, config.reason()));
            });
    if (config.dryRun()) {
      return;
    }
    context.append(
        DecisionsTable.SPEC,
        context.spark().createDataFrame(rows, DecisionsTable.SPEC.schema()).coalesce(1));
    context.next(
        "split --extend, then train: models that know the former classes stay as they are");
  }
}
