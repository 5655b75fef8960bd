package org.sparkvit.pipeline.evaluate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.TableRow;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.tracking.MlflowOptions;

/**
 * How long evaluating takes: for each number of images made-up predictions of two classes, half of
 * them in the test split, then {@link EvaluateStage} with the resamples that are usual.
 */
final class EvaluateScaling {
  private static final int TASKS = 16;
  private static final int RESAMPLES = 200;
  private static final List<String> CLASSES = List.of("ordinary", "sensitive");

  private EvaluateScaling() {}

  public static void main(String[] arguments) throws IOException {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", TASKS)
            .getOrCreate();
    for (String rows : arguments) {
      measure(spark, Long.parseLong(rows));
    }
    spark.stop();
  }

  private static void measure(SparkSession spark, long images) throws IOException {
    Path folder = Files.createTempDirectory("spark-vit-evaluate");
    Workspace workspace = Workspace.at(spark, folder.toUri().toString());
    write(spark, workspace, ImagesTable.SPEC, images, EvaluateScaling::image);
    write(spark, workspace, SplitsTable.SPEC, images, EvaluateScaling::split);
    write(spark, workspace, PredictionsTable.SPEC, images, EvaluateScaling::prediction);
    write(
        spark,
        workspace,
        ModelsTable.SPEC,
        1,
        i ->
            RowFactory.create(
                "m", "file:/models/m", CLASSES.toArray(new String[0]), new Timestamp(0)));
    long started = System.nanoTime();
    new EvaluateStage()
        .run(
            spark,
            new EvaluateConfig(
                workspace.uri(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                RESAMPLES,
                0,
                false,
                MlflowOptions.DEFAULT),
            line -> {});
    System.out.printf(
        Locale.ROOT,
        "%,d predictions, %d resamples: %.1f s, %.2f us an image; heap at most %,d MB, resident at"
            + " most %s%n",
        images,
        RESAMPLES,
        (System.nanoTime() - started) / 1e9,
        (System.nanoTime() - started) / 1e3 / images,
        Runtime.getRuntime().maxMemory() >> 20,
        resident());
  }

  private static String resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .map(line -> line.replaceAll("\\D+(\\d+).*", "$1 kB"))
        .findFirst()
        .orElse("unknown");
  }

  private static void write(
      SparkSession spark,
      Workspace workspace,
      TableSpec table,
      long rows,
      MapFunction<Long, Row> row) {
    StructType schema = table.schema();
    Dataset<Row> made =
        spark.range(0, rows, 1, TASKS).as(Encoders.LONG()).map(row, Encoders.row(schema));
    workspace.replace(table, made, RunRecord.start("test", Map.of()));
  }

  private static String id(long number) {
    return String.format(Locale.ROOT, "%032x", number * 0x9e3779b97f4a7c15L);
  }

  private static int label(long number) {
    return new SplittableRandom(number).nextInt(20) == 0 ? 1 : 0;
  }

  private static Row image(long number) {
    return TableRow.image(id(number), "file:/i/" + number)
        .with(ImagesTable.LABEL, CLASSES.get(label(number)))
        .with(ImagesTable.MODIFIED, new Timestamp(0))
        .with(ImagesTable.SHA256, "hash")
        .with(ImagesTable.FORMAT, "JPEG")
        .build();
  }

  private static Row split(long number) {
    String split = number % 2 == 0 ? SplitsTable.TEST : SplitsTable.TRAIN;
    return RowFactory.create(id(number), CLASSES.get(label(number)), split, null);
  }

  private static Row prediction(long number) {
    SplittableRandom random = new SplittableRandom(~number);
    double odds = 3 * label(number) - 2 + random.nextDouble(-3, 3);
    float p = (float) (1 / (1 + Math.exp(-odds)));
    return TableRow.prediction(
            id(number), "file:/i/" + number, "m", CLASSES.get(p > 0.5 ? 1 : 0), 1 - p, p)
        .with(PredictionsTable.SHA256, "hash")
        .build();
  }
}
