package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.RuntimeConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * Every stage once with its queries planned and compiled as Spark does it by default. The other
 * tests interpret them, which is faster for small tables; see {@link SparkTest}.
 */
class AsInProductionTest extends SparkTest {
  private static final Map<String, String> PRODUCTION =
      Map.of(
          "spark.sql.adaptive.enabled", "true",
          "spark.sql.codegen.wholeStage", "true",
          "spark.sql.codegen.factoryMode", "CODEGEN_ONLY",
          "spark.sql.subexpressionElimination.enabled", "true");

  private static final Map<String, String> BEFORE = new LinkedHashMap<>();

  @TempDir private Path folder;

  @BeforeAll
  static void plan() {
    RuntimeConfig settings = spark.conf();
    PRODUCTION.forEach((name, value) -> BEFORE.put(name, settings.get(name)));
    PRODUCTION.forEach(settings::set);
  }

  @AfterAll
  static void restore() {
    BEFORE.forEach(spark.conf()::set);
  }

  private void run(String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    words.addAll(List.of("-w", folder.resolve("workspace").toString()));
    Main.run(words.toArray(String[]::new));
  }

  @Test
  void everyStageWritesItsTables() {
    Main.run("demo", "-w", folder.toString(), "--images", "120", "--epochs", "1");
    run("pack");
    run("gate");
    run("repair --require source --max-share 0.9");
    run("synthesize --target 12");
    run("resample --from vit --ratio 0.5");
    run("probe --from vit --folds 2 --max-iterations 2");
    run("tune --from vit --trials 2 --epochs 1 --device cpu");
    run("score --model probe");
    run("evaluate --overwrite --resamples 20");
    run("decisions map --class ordinary=harmless --actor Ann");
    run("decisions list");
    run("models");
    run("history images");
    run("vacuum --dry-run");
    run("export metrics --to " + folder.resolve("export"));
    Workspace workspace = Workspace.at(spark, folder.resolve("workspace").toString());
    assertThat(
            Tables.ALL.stream()
                .filter(table -> !workspace.has(table))
                .map(TableSpec::name)
                .collect(Collectors.toSet()))
        .isEmpty();
    long images = workspace.read(ImagesTable.SPEC).count();
    assertThat(
            workspace
                .read(PredictionsTable.SPEC)
                .groupBy(PredictionsTable.MODEL)
                .count()
                .collectAsList())
        .hasSize(2)
        .allMatch(row -> row.getLong(1) == images);
  }
}
