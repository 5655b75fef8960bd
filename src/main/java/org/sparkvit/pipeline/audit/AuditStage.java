package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Deadline;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.neighbors.SimHash;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.AssociationsTable;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.SliceIssuesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.EmbeddingStore;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Reads {@code images}, and {@code splits} where they are; adds to {@code pixels} what is new and
 * writes {@code duplicates}, {@code findings}, {@code leakage}, {@code slice_issues} and {@code
 * associations}. Nothing about single images comes to the driver.
 */
@StageDescription(
    name = "audit",
    group = Group.LOOK_AT_DATA,
    help = {
      "Looks at the pixels of each image once, and finds dark, light, blurry, empty, gray, oddly"
          + " shaped and unreadable ones.",
      "It also finds those that repeat others, with the same label or another, and those of"
          + " validation and test that training has seen. A later run measures only what is new or"
          + " has changed."
    })
public final class AuditStage extends Stage<AuditConfig> {
  /** Makes the stage. */
  public AuditStage() {
    super(AuditConfig.class);
  }

  @Override
  protected List<TableSpec> appends(AuditConfig config) {
    return List.of(PixelsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, AuditConfig config) {
    Workspace workspace = context.workspace();
    Dataset<Row> images = context.cache(context.labels());
    List<String> slices = config.slices().orElseGet(() -> SliceColumns.usual(images));
    SliceColumns.require(images, slices);
    config.groupColumn().ifPresent(column -> SliceColumns.group(images, column));
    long left = measure(context, config, images);
    context.left(left);
    if (left > 0) {
      // Half of the images would be judged as if they were all.
      context.say("findings are made when all images were measured");
      context.next("audit");
      return;
    }
    Dataset<Row> pixels = PixelScan.rows(workspace, images);
    Optional<Dataset<Row>> crops =
        config.crops() ? Optional.of(CropHashes.rows(workspace, images)) : Optional.empty();
    // All but the layouts, which are ten times as large as the rest and used by few images.
    Dataset<Row> measures = context.cache(pixels.drop(PixelsTable.LAYOUT));
    Dataset<Row> layouts = pixels.select(PixelsTable.ID, PixelsTable.LAYOUT);
    NearDuplicates like = NearDuplicates.find(images, measures, layouts, crops, config);
    try {
      judge(context, config, images, measures, like, slices);
    } finally {
      like.unpersist();
    }
    new AuditSummary(context).say(config.nearDistance());
    boolean labelled = !images.where(ImagesTable.usable().and(ImagesTable.labelled())).isEmpty();
    context.next(labelled ? "split, or spark-vit report" : "report");
  }

  /** Measures what is new, and returns how many images are left for the next run. */
  private static long measure(StageContext context, AuditConfig config, Dataset<Row> images) {
    Deadline deadline = Deadline.inMinutes(config.maxMinutes());
    Workspace workspace = context.workspace();
    long left = PixelScan.scan(workspace, images, deadline, context.record(), context.progress());
    return left > 0 || !config.crops()
        ? left
        : CropHashes.hash(workspace, images, deadline, context.record(), context.progress());
  }

  private static void judge(
      StageContext context,
      AuditConfig config,
      Dataset<Row> images,
      Dataset<Row> measures,
      NearDuplicates like,
      List<String> slices) {
    Dataset<Row> duplicates = context.cache(like.duplicates());
    Optional<Dataset<Row>> splits = context.readIfPresent(SplitsTable.SPEC);
    if (splits.isEmpty()) {
      context.say("there are no splits yet, so nothing is said about leakage");
    }
    Optional<Leakage> leakage = splits.map(rows -> Leakage.of(like, rows));
    Optional<SemanticDuplicates> meanings = Optional.empty();
    try {
      Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
      tables.put(DuplicatesTable.SPEC, duplicates);
      Dataset<Row> findings =
          Findings.find(images, measures, duplicates, leakage.map(Leakage::leaked));
      meanings = meanings(context, config.semantic(), images, duplicates);
      if (meanings.isPresent()) {
        findings = findings.unionByName(meanings.get().findings());
      }
      findings = context.cache(findings);
      tables.put(FindingsTable.SPEC, findings);
      tables.put(SliceIssuesTable.SPEC, SliceIssues.find(images, findings, slices));
      tables.put(AssociationsTable.SPEC, Associations.measure(images, measures, slices));
      tables.put(
          LeakageTable.SPEC,
          leakage
              .map(found -> withGroups(found.table(), images, splits.get(), config.groupColumn()))
              .orElseGet(
                  () ->
                      context
                          .spark()
                          .createDataFrame(new ArrayList<>(), LeakageTable.SPEC.schema())));
      context.publish(tables);
    } finally {
      leakage.ifPresent(Leakage::unpersist);
      meanings.ifPresent(SemanticDuplicates::unpersist);
    }
  }

  private static Optional<SemanticDuplicates> meanings(
      StageContext context, SemanticConfig semantic, Dataset<Row> images, Dataset<Row> duplicates) {
    if (semantic.from().isEmpty()) {
      return Optional.empty();
    }
    SparkSession spark = context.spark();
    String location = context.model(semantic.from().get());
    EmbeddingStore store;
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      store =
          EmbeddingStore.open(
              spark, context.workspace(), files, location, semantic.embedding(), context.record());
    }
    context.noteModel(semantic.from().get(), store.modelHash());
    Dataset<Row> points =
        context.cache(
            store
                .embed(
                    images.where(ImagesTable.usable()),
                    context.record(),
                    context.progress(),
                    "audit")
                .where(col(EmbeddingsTable.EMBEDDING).isNotNull())
                .select(
                    col(EmbeddingsTable.ID).as(Neighbors.ID),
                    col(EmbeddingsTable.EMBEDDING).as(Neighbors.POINT)));
    if (points.isEmpty()) {
      return Optional.empty();
    }
    context.say(
        "pairs of like meaning, cosine %.2f or more; expected to be found: %.1f %% at that, more"
            + " above",
        semantic.cosine(), 100 * SimHash.recall(semantic.cosine()));
    SemanticDuplicates found =
        SemanticDuplicates.find(points, images, duplicates, semantic.cosine());
    found.hashed().count(); // while the embeddings are in memory
    context.free(points);
    return Optional.of(found);
  }

  private static Dataset<Row> withGroups(
      Dataset<Row> leaks, Dataset<Row> images, Dataset<Row> splits, Optional<String> column) {
    return column
        .map(name -> leaks.unionByName(GroupLeakage.of(images, splits, name)))
        .orElse(leaks);
  }
}
