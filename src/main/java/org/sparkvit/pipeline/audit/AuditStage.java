package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
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
import org.sparkvit.dataset.neighbors.NearHashes;
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

/**
 * Reads {@code images}, and {@code splits} where they are; adds to {@code pixels} what is new and
 * writes {@code duplicates}, {@code findings}, {@code leakage}, {@code slice_issues} and {@code
 * associations}. Nothing about single images comes to the driver.
 */
public final class AuditStage {
  private static final int[] TOLD_DISTANCES = {16, 20, 24, 31};

  private static final int TOLD_KINDS = 5;

  /** Of the kinds that are told to be worse, such a share is expected to be so by chance. */
  private static final double SIGNIFICANT = 0.05;

  /** Cohen's limit (1988) of a strong association. */
  private static final double STRONG = 0.5;

  private final AuditConfig config;
  private final Progress progress;

  public AuditStage(AuditConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    RunRecord record =
        RunRecord.start("audit", config.toMap())
            .input("images", workspace.version(ImagesTable.SPEC));
    Dataset<Row> images = workspace.read(ImagesTable.SPEC).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      run(workspace, images, record);
    } finally {
      images.unpersist();
    }
    report(workspace);
  }

  private void run(Workspace workspace, Dataset<Row> images, RunRecord record) {
    List<String> slices = config.slices().orElseGet(() -> SliceColumns.usual(images));
    SliceColumns.require(images, slices);
    config.groupColumn().ifPresent(column -> SliceColumns.group(images, column));
    Dataset<Row> pixels = PixelScan.scan(workspace, images, record, progress);
    Optional<Dataset<Row>> crops =
        config.crops()
            ? Optional.of(CropHashes.hash(workspace, images, record, progress))
            : Optional.empty();
    // All but the layouts, which are ten times as large as the rest and used by few images.
    Dataset<Row> measures = pixels.drop(PixelsTable.LAYOUT).persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> layouts = pixels.select(PixelsTable.ID, PixelsTable.LAYOUT);
    try {
      judge(workspace, images, measures, layouts, crops, slices, record);
    } finally {
      measures.unpersist();
    }
  }

  private void judge(
      Workspace workspace,
      Dataset<Row> images,
      Dataset<Row> measures,
      Dataset<Row> layouts,
      Optional<Dataset<Row>> crops,
      List<String> slices,
      RunRecord record) {
    NearDuplicates like = NearDuplicates.find(images, measures, layouts, crops, config);
    Dataset<Row> duplicates = like.duplicates().persist();
    Optional<Leakage> leakage = Optional.empty();
    Optional<SemanticDuplicates> meanings = Optional.empty();
    try {
      if (workspace.has(SplitsTable.SPEC)) {
        record.input("splits", workspace.version(SplitsTable.SPEC));
        leakage = Optional.of(Leakage.of(like, workspace.read(SplitsTable.SPEC)));
      } else {
        progress.say("audit: there are no splits yet, so nothing is said about leakage");
      }
      Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
      tables.put(DuplicatesTable.SPEC, duplicates);
      Dataset<Row> findings =
          Findings.find(images, measures, duplicates, leakage.map(Leakage::leaked));
      meanings = meanings(images, duplicates, workspace, record);
      if (meanings.isPresent()) {
        findings = findings.unionByName(meanings.get().findings());
      }
      findings = findings.persist();
      tables.put(FindingsTable.SPEC, findings);
      tables.put(SliceIssuesTable.SPEC, SliceIssues.find(images, findings, slices));
      tables.put(AssociationsTable.SPEC, Associations.measure(images, measures, slices));
      tables.put(
          LeakageTable.SPEC,
          leakage
              .map(found -> withGroups(found.table(), images, workspace))
              .orElse(
                  images
                      .sparkSession()
                      .createDataFrame(new ArrayList<>(), LeakageTable.SPEC.schema())));
      workspace.replaceAll(tables, record);
      findings.unpersist();
    } finally {
      leakage.ifPresent(Leakage::unpersist);
      meanings.ifPresent(SemanticDuplicates::unpersist);
      duplicates.unpersist();
      like.unpersist();
    }
  }

  private Optional<SemanticDuplicates> meanings(
      Dataset<Row> images, Dataset<Row> duplicates, Workspace workspace, RunRecord record) {
    if (config.semantic().isEmpty()) {
      return Optional.empty();
    }
    SemanticConfig semantic = config.semantic().get();
    String location = workspace.modelAt(semantic.from());
    SparkSession spark = images.sparkSession();
    EmbeddingStore store;
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      store = EmbeddingStore.open(spark, workspace, files, location, semantic.embedding(), record);
    }
    Dataset<Row> points =
        store
            .embed(images.where(ImagesTable.usable()), record, progress, "audit")
            .where(col(EmbeddingsTable.EMBEDDING).isNotNull())
            .select(
                col(EmbeddingsTable.ID).as(Neighbors.ID),
                col(EmbeddingsTable.EMBEDDING).as(Neighbors.POINT))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      if (points.isEmpty()) {
        return Optional.empty();
      }
      progress.say(
          String.format(
              Locale.ROOT,
              "audit: pairs of like meaning, cosine %.2f or more; expected to be found: %.1f %% at"
                  + " that, more above",
              semantic.cosine(),
              100 * SimHash.recall(semantic.cosine())));
      SemanticDuplicates found =
          SemanticDuplicates.find(points, images, duplicates, semantic.cosine());
      found.hashed().count(); // while the embeddings are in memory
      return Optional.of(found);
    } finally {
      points.unpersist();
    }
  }

  private Dataset<Row> withGroups(Dataset<Row> leaks, Dataset<Row> images, Workspace workspace) {
    return config
        .groupColumn()
        .map(
            column ->
                leaks.unionByName(
                    GroupLeakage.of(images, workspace.read(SplitsTable.SPEC), column)))
        .orElse(leaks);
  }

  private void report(Workspace workspace) {
    sayFindings(workspace.read(FindingsTable.SPEC));
    sayDuplicates(workspace.read(DuplicatesTable.SPEC));
    for (Row row :
        workspace
            .read(LeakageTable.SPEC)
            .orderBy(LeakageTable.SPLIT, LeakageTable.OTHER, LeakageTable.KIND)
            .collectAsList()) {
      progress.say(
          String.format(
              Locale.ROOT,
              "  leakage   %s in %s, %s: %,d images (%.2f %%), %,d pairs, %,d of them with other"
                  + " labels",
              row.<String>getAs(LeakageTable.SPLIT),
              row.<String>getAs(LeakageTable.OTHER),
              row.<String>getAs(LeakageTable.KIND),
              row.<Long>getAs(LeakageTable.IMAGES),
              100 * row.<Double>getAs(LeakageTable.SHARE),
              row.<Long>getAs(LeakageTable.PAIRS),
              row.<Long>getAs(LeakageTable.CONFLICTS)));
    }
    sayKinds(workspace);
    boolean labelled =
        !workspace
            .read(ImagesTable.SPEC)
            .where(ImagesTable.usable().and(ImagesTable.labelled()))
            .isEmpty();
    progress.say("next: spark-vit " + (labelled ? "split, or spark-vit report" : "report"));
  }

  private void sayKinds(Workspace workspace) {
    Dataset<Row> worse =
        workspace
            .read(SliceIssuesTable.SPEC)
            .where(
                col(SliceIssuesTable.MEASURE)
                    .equalTo(SliceIssuesTable.FINDINGS)
                    .and(col(SliceIssuesTable.Q).lt(SIGNIFICANT))
                    .and(col(SliceIssuesTable.RATE).gt(col(SliceIssuesTable.ELSEWHERE))));
    for (Row row :
        worse
            .orderBy(
                col(SliceIssuesTable.LOW).desc(),
                col(SliceIssuesTable.SLICE),
                col(SliceIssuesTable.VALUE))
            .limit(TOLD_KINDS)
            .collectAsList()) {
      progress.say(
          String.format(
              Locale.ROOT,
              "  %s %s: %.1f %% of %,d images have a finding, %.1f %% elsewhere",
              row.<String>getAs(SliceIssuesTable.SLICE),
              row.<String>getAs(SliceIssuesTable.VALUE),
              100 * row.<Double>getAs(SliceIssuesTable.RATE),
              row.<Long>getAs(SliceIssuesTable.IMAGES),
              100 * row.<Double>getAs(SliceIssuesTable.ELSEWHERE)));
    }
    for (Row row :
        workspace
            .read(AssociationsTable.SPEC)
            .where(col(AssociationsTable.CRAMERS_V).geq(STRONG))
            .orderBy(col(AssociationsTable.CRAMERS_V).desc(), col(AssociationsTable.ATTRIBUTE))
            .limit(TOLD_KINDS)
            .collectAsList()) {
      progress.say(
          String.format(
              Locale.ROOT,
              "  the label goes together with %s (Cramér's V %.2f): %s is %s %.1f times as often as"
                  + " all images are",
              row.<String>getAs(AssociationsTable.ATTRIBUTE),
              row.<Double>getAs(AssociationsTable.CRAMERS_V),
              row.<String>getAs(AssociationsTable.VALUE),
              row.<String>getAs(AssociationsTable.LABEL),
              row.<Double>getAs(AssociationsTable.LIFT)));
    }
  }

  private void sayFindings(Dataset<Row> findings) {
    List<String> counts = new ArrayList<>();
    for (Row row :
        findings
            .groupBy(FindingsTable.FINDING)
            .agg(count(lit(1)).as("n"))
            .orderBy(col("n").desc(), col(FindingsTable.FINDING))
            .collectAsList()) {
      counts.add(String.format(Locale.ROOT, "%s %,d", row.getString(0), row.getLong(1)));
    }
    progress.say("audit: findings: " + (counts.isEmpty() ? "none" : String.join(", ", counts)));
  }

  private void sayDuplicates(Dataset<Row> duplicates) {
    Row totals =
        duplicates
            .where(col(DuplicatesTable.GROUP_SIZE).gt(1))
            .agg(count(lit(1)), countDistinct(DuplicatesTable.REPRESENTATIVE))
            .collectAsList()
            .get(0);
    List<String> recalls = new ArrayList<>();
    for (int distance : TOLD_DISTANCES) {
      if (distance <= config.nearDistance()) {
        recalls.add(
            String.format(
                Locale.ROOT, "%.1f %% at %d", 100 * NearHashes.recall(distance), distance));
      }
    }
    progress.say(
        String.format(
            Locale.ROOT,
            "  duplicates %,d images in %,d groups; hashes up to %d bits apart, expected to be"
                + " found: %s",
            totals.getLong(0),
            totals.getLong(1),
            config.nearDistance(),
            recalls.isEmpty() ? "all" : String.join(", ", recalls)));
  }
}
