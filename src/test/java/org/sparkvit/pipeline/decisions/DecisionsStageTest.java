package org.sparkvit.pipeline.decisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableWorkspace;
import org.sparkvit.TableWorkspace.Image;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.query.LabelDecisions;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/** What decisions make of the labels of the catalog. */
class DecisionsStageTest extends SparkTest {
  @TempDir private Path folder;
  private TableWorkspace tables;

  record Decision(String image, String kind, String value) {}

  record DecideConfig(@WorkspaceOption String workspace) {}

  /** Writes decisions as the stages do that make some. */
  @StageDescription(name = "decide", group = Group.LABEL, help = "Decides.")
  private static final class DecideStage extends Stage<DecideConfig> {
    private final String source;
    private final List<Decision> decisions;

    DecideStage(String source, List<Decision> decisions) {
      super(DecideConfig.class);
      this.source = source;
      this.decisions = decisions;
    }

    @Override
    protected void run(StageContext context, DecideConfig config) {
      StructType schema =
          new StructType()
              .add(DecisionsTable.ID, DataTypes.StringType)
              .add(DecisionsTable.KIND, DataTypes.StringType)
              .add(DecisionsTable.VALUE, DataTypes.StringType)
              .add(DecisionsTable.REASON, DataTypes.StringType);
      List<Row> rows = new ArrayList<>();
      decisions.forEach(
          each ->
              rows.add(
                  RowFactory.create(
                      TableWorkspace.id(each.image()), each.kind(), each.value(), "because")));
      context.decide(context.spark().createDataFrame(rows, schema), source, "somebody");
    }
  }

  /** Reads the labels as every stage does. */
  @StageDescription(
      name = "look",
      group = Group.LABEL,
      help = "Looks.",
      readsEarlierVersions = true)
  private static final class LookStage extends Stage<DecideConfig> {
    private final Map<String, String> labels = new TreeMap<>();

    LookStage() {
      super(DecideConfig.class);
    }

    @Override
    protected void run(StageContext context, DecideConfig config) {
      Dataset<Row> images = context.labels();
      assertThat(images.columns()).containsExactly(context.read(ImagesTable.SPEC).columns());
      images
          .select(ImagesTable.PATH, ImagesTable.LABEL)
          .collectAsList()
          .forEach(row -> labels.put(row.getString(0).replaceFirst(".*/", ""), row.getString(1)));
    }
  }

  private static Image image(String name, String label, String source) {
    return new Image(name, label, "OK", source);
  }

  @BeforeEach
  void catalog() {
    tables =
        TableWorkspace.at(spark, folder)
            .images(
                List.of(
                    image("a", "cat", "web"),
                    image("b", "cat", "scan"),
                    image("c", "dog", "web"),
                    image("d", null, "web")));
  }

  private String decide(String source, Decision... decisions) {
    return new DecideStage(source, List.of(decisions))
        .run(spark, new DecideConfig(folder.toString()), Progress.SILENT)
        .runId();
  }

  private Map<String, String> labels() {
    return labels(AsOf.LATEST);
  }

  private Map<String, String> labels(AsOf asOf) {
    LookStage look = new LookStage();
    look.run(spark, new DecideConfig(folder.toString()), asOf, Progress.SILENT);
    return look.labels;
  }

  private List<String> run(Object... options) {
    List<String> lines = new ArrayList<>();
    List<Object> all = new ArrayList<>(List.of("workspace", folder.toString()));
    all.addAll(List.of(options));
    new DecisionsStage().run(spark, Options.with(DecisionsConfig.class, all.toArray()), lines::add);
    return lines;
  }

  private static Map<String, String> map(String a, String b, String c, String d) {
    Map<String, String> map = new TreeMap<>();
    map.put("a", a);
    map.put("b", b);
    map.put("c", c);
    map.put("d", d);
    return map;
  }

  @Test
  void withoutDecisionsTheLabelsAreTheCatalogs() {
    assertThat(labels()).isEqualTo(map("cat", "cat", "dog", null));
    assertThat(run().get(0)).contains("nothing has been decided");
  }

  @Test
  void theLaterOfTwoModelsCountsAndAPersonOutranksBoth() {
    decide("relabel", new Decision("a", "label", "dog"), new Decision("d", "label", "cat"));
    decide("repair", new Decision("a", "label", "fox"));
    assertThat(labels()).isEqualTo(map("fox", "cat", "dog", "cat"));
    decide("review", new Decision("a", "label", "cat"));
    decide("relabel", new Decision("a", "label", "dog"));
    assertThat(labels()).isEqualTo(map("cat", "cat", "dog", "cat"));
  }

  @Test
  void aRunThatIsTakenBackLeavesTheVeryLabelsThatWereThereBefore() {
    decide("relabel", new Decision("a", "label", "dog"));
    Map<String, String> before = labels();
    String run =
        decide("relabel", new Decision("a", "label", "fox"), new Decision("b", "exclude", null));
    assertThat(labels()).hasSize(3).containsEntry("a", "fox");
    assertThat(run("action", "revert", "run", run))
        .anyMatch(line -> line.contains("2 decisions of run " + run + " no longer count"));
    assertThat(labels()).isEqualTo(before);
    assertThatThrownBy(() -> run("action", "revert", "run", run))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("taken back before");
    assertThatThrownBy(() -> run("action", "revert", "run", "x"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("run 'x' has made no decisions")
        .hasMessageContaining(run);
    assertThat(run()).anyMatch(line -> line.contains(run) && line.contains("taken back by run"));
  }

  @Test
  void imagesAreLeftOutAndTakenInAgainWhateverTheirLabels() {
    decide("repair", new Decision("a", "exclude", null), new Decision("c", "exclude", null));
    decide("relabel", new Decision("c", "label", "cat"));
    assertThat(labels().keySet()).containsExactly("b", "d");
    decide("review", new Decision("c", "include", null));
    assertThat(labels().keySet()).containsExactly("b", "c", "d");
    assertThat(labels()).containsEntry("c", "cat");
    assertThat(run()).last().asString().contains("of 4 images 1 have a label by decision and 1");
  }

  @Test
  void whatAModelDecidedLapsesWithTheCatalogsLabelAndWhatAPersonDecidedIsAConflict() {
    decide("relabel", new Decision("a", "label", "dog"));
    decide("review", new Decision("b", "label", "dog"));
    tables.images(
        List.of(
            image("a", "fox", "web"),
            image("b", "fox", "scan"),
            image("c", "dog", "web"),
            image("d", null, "web")));
    assertThat(labels()).isEqualTo(map("fox", "dog", "dog", null));
    assertThat(run())
        .anyMatch(line -> line.contains("relabel") && line.contains("1 lapsed"))
        .anyMatch(line -> line.contains("review") && line.contains("1 conflicts"))
        .anyMatch(line -> line.contains("dog by a person, cat then, fox in the catalog now (run "));
  }

  @Test
  void aDecisionOnAnotherContentHasLapsed() {
    decide("review", new Decision("a", "label", "dog"), new Decision("b", "exclude", null));
    Dataset<Row> changed =
        tables
            .workspace()
            .read(ImagesTable.SPEC)
            .withColumn(
                ImagesTable.SHA256,
                org.apache.spark.sql.functions.concat(
                    org.apache.spark.sql.functions.lit("0"),
                    org.apache.spark.sql.functions.expr("substr(sha256, 2)")));
    tables
        .workspace()
        .replace(
            ImagesTable.SPEC,
            changed.localCheckpoint(),
            org.sparkvit.core.RunRecord.start("catalog", Map.of()));
    assertThat(labels()).isEqualTo(map("cat", "cat", "dog", null));
    assertThat(run()).anyMatch(line -> line.contains("2 lapsed"));
  }

  @Test
  void classesAreRenamedMergedAndSplitAndChangeNamesAtTheSameTime() {
    decide("relabel", new Decision("d", "label", "cat"));
    run("action", "map", "class", "cat=dog,dog=cat");
    assertThat(labels()).isEqualTo(map("dog", "dog", "cat", "dog"));
    run("action", "map", "class", "dog=wolf", "where", "source=scan");
    assertThat(labels()).isEqualTo(map("dog", "wolf", "cat", "dog"));
    run("action", "map", "class", "wolf=dog");
    assertThat(labels()).isEqualTo(map("dog", "dog", "cat", "dog"));
    assertThat(run("action", "map", "class", "dog=x", "dry-run", true))
        .anyMatch(line -> line.contains("3 images of 'dog' are 'x' if this is done"));
    assertThat(labels()).isEqualTo(map("dog", "dog", "cat", "dog"));
    assertThatThrownBy(() -> run("action", "map", "class", "fox=x"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--class names 'fox', which no image has; there are [cat, dog]");
    assertThatThrownBy(() -> run("action", "map", "class", "dog=x", "where", "colour=red"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--where is 'colour'; use a column of [source]");
  }

  @Test
  void earlierVersionsAreReadWithTheDecisionsOfThen() {
    decide("relabel", new Decision("a", "label", "dog"));
    decide("relabel", new Decision("a", "label", "fox"));
    assertThat(labels(AsOf.parse("decisions@0"))).containsEntry("a", "dog");
    assertThat(labels()).containsEntry("a", "fox");
  }

  @Test
  void manyDecisionsGiveTheSameForAnyPartitioning() {
    List<Decision> many = new ArrayList<>();
    IntStream.range(0, 4)
        .forEach(i -> many.add(new Decision("abcd".charAt(i) + "", "label", "l" + i)));
    decide("relabel", many.toArray(new Decision[0]));
    Workspace workspace = tables.workspace();
    for (int partitions : new int[] {1, 3, 7}) {
      LabelDecisions decisions =
          new LabelDecisions(
              workspace.read(ImagesTable.SPEC).repartition(partitions),
              workspace.read(DecisionsTable.SPEC).repartition(partitions));
      assertThat(
              decisions
                  .current()
                  .select(ImagesTable.LABEL)
                  .orderBy(ImagesTable.LABEL)
                  .collectAsList()
                  .stream()
                  .map(row -> row.getString(0)))
          .containsExactly("l0", "l1", "l2", "l3");
    }
  }

  @Test
  void optionsThatDoNotFitTheActionAreRefused() {
    assertThatThrownBy(() -> run("action", "map"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--class OLD=NEW");
    assertThatThrownBy(() -> run("class", "a=b"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'decisions map'");
    assertThatThrownBy(() -> run("action", "revert"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--run RUN");
  }
}
