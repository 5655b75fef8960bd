package org.sparkvit.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.schema.BalanceTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.Workspace;

/** What a stage is given and what becomes of it, whichever stage it is. */
class StageTest extends SparkTest {
  @TempDir private Path folder;

  record CopyConfig(
      @WorkspaceOption String workspace,
      @OverwriteOption boolean overwrite,
      @Option(standard = "1", least = 1, help = "Copies.") int copies) {}

  /** Reads {@code plan} twice and writes what it saw; others may publish between the two. */
  @StageDescription(
      name = "copy",
      group = Group.PREPARE,
      help = "Copies the plan.",
      readsEarlierVersions = true)
  private static final class CopyStage extends Stage<CopyConfig> {
    private final Runnable between;
    private Dataset<Row> cached;

    CopyStage(Runnable between) {
      super(CopyConfig.class);
      this.between = between;
    }

    @Override
    protected List<TableSpec> replaces(CopyConfig config) {
      return List.of(BalanceTable.SPEC);
    }

    @Override
    protected void run(StageContext context, CopyConfig config) {
      long first = context.read(PlanTable.SPEC).count();
      between.run();
      cached = context.cache(context.read(PlanTable.SPEC));
      long second = cached.count();
      assertThat(context.readIfPresent(SplitsTable.SPEC)).isEmpty();
      context.publish(
          BalanceTable.SPEC,
          context
              .spark()
              .createDataFrame(
                  List.of(RowFactory.create("seen", first, second, 1.0)),
                  BalanceTable.SPEC.schema())
              .coalesce(1));
      context.say("copied %d", config.copies());
      context.next("train");
    }
  }

  private static Dataset<Row> plan(String... ids) {
    List<Row> rows = Stream.of(ids).map(id -> RowFactory.create(id, "a", 1, 1.0)).toList();
    return spark.createDataFrame(rows, PlanTable.SPEC.schema()).coalesce(1);
  }

  private Workspace other() {
    return Workspace.at(spark, folder.toString());
  }

  private void publish(String... ids) {
    other().replace(PlanTable.SPEC, plan(ids), RunRecord.start("test", Map.of()));
  }

  private CopyConfig config(boolean overwrite) {
    return new CopyConfig(folder.toString(), overwrite, 2);
  }

  @Test
  void aVersionThatAnotherRunPublishesMeanwhileIsNeitherReadNorRecorded() {
    publish("a");
    RunRecord record =
        new CopyStage(() -> publish("b", "c")).run(spark, config(false), Progress.SILENT);
    Row seen = other().read(BalanceTable.SPEC).first();
    assertThat(seen.getLong(1)).isEqualTo(1);
    assertThat(seen.getLong(2)).isEqualTo(1);
    assertThat(other().record(BalanceTable.SPEC).at("/inputs/plan").asText()).isEqualTo("plan@0");
    assertThat(record.toMap().get("inputs")).isEqualTo(Map.of("plan", "plan@0"));
    assertThat(other().version(PlanTable.SPEC)).isEqualTo("plan@1");
  }

  @Test
  void earlierVersionsAreReadAndRecorded() {
    publish("a");
    publish("b", "c");
    new CopyStage(() -> {}).run(spark, config(false), AsOf.parse("plan@0"), Progress.SILENT);
    assertThat(other().read(BalanceTable.SPEC).first().getLong(1)).isEqualTo(1);
    assertThat(other().record(BalanceTable.SPEC).at("/config/as-of").asText()).isEqualTo("plan@0");
    assertThat(other().record(BalanceTable.SPEC).at("/inputs/plan").asText()).isEqualTo("plan@0");
  }

  @Test
  void whatIsThereIsReplacedOnlyWhereThatIsAskedFor() {
    publish("a");
    new CopyStage(() -> {}).run(spark, config(false), Progress.SILENT);
    CopyStage again = new CopyStage(() -> publish("never"));
    assertThatThrownBy(() -> again.run(spark, config(false), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--overwrite");
    assertThat(other().read(PlanTable.SPEC).first().getString(0)).isEqualTo("a");
    new CopyStage(() -> {}).run(spark, config(true), Progress.SILENT);
    assertThat(other().version(BalanceTable.SPEC)).isEqualTo("balance@1");
  }

  @Test
  void rowsThatItKeptAreFreedWhateverBecomesOfIt() {
    publish("a");
    CopyStage good = new CopyStage(() -> {});
    good.run(spark, config(false), Progress.SILENT);
    assertThat(good.cached.storageLevel()).isEqualTo(StorageLevel.NONE());
  }

  @Test
  void itsLinesBeginWithItsNameAndTheLastOneSaysWhatComesNext() {
    publish("a");
    List<String> lines = new ArrayList<>();
    new CopyStage(() -> {}).run(spark, config(false), lines::add);
    assertThat(lines.get(0)).isEqualTo("copy: copied 2");
    assertThat(lines.get(1)).startsWith("copy: done in ").endsWith("next: spark-vit train");
  }

  @Test
  void optionsThatAreOutOfRangeStopItBeforeAnyWork() {
    assertThatThrownBy(
            () ->
                new CopyStage(() -> {})
                    .run(spark, new CopyConfig(folder.toString(), false, 0), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--copies is 0");
    assertThatThrownBy(
            () ->
                new CopyStage(() -> {}).run(spark, new CopyConfig(" ", false, 1), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--workspace");
  }
}
