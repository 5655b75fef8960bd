package org.sparkvit.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.delta.DeltaSpark;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * The Java half of {@code .ci/check-tables}: runs on the demo's workspace the commands that the
 * demo leaves out, has Delta's own engine read every table beside this program, and writes down,
 * for a reader in another language, how many rows each has and how many values each column. The
 * images themselves are exported as a data set of Hugging Face.
 */
final class TablesExchange {
  private TablesExchange() {}

  public static void main(String[] args) throws IOException {
    String workspace = args[0];
    SparkSession spark =
        SparkSession.builder()
            .master("local[*]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 4)
            .getOrCreate();
    for (List<String> command :
        List.of(
            List.of("pack"),
            List.of("gate"),
            List.of("repair"),
            List.of("synthesize", "--methods", "mixup"),
            List.of("resample", "--from", "vit"),
            List.of("split", "--folds", "3", "--overwrite"),
            // Some tables twice, so that versions and rows that are replaced are among them.
            List.of("evaluate", "--overwrite"),
            List.of("gate"))) {
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(1, List.of("--workspace", workspace));
      System.out.println("$ jobs/spark-vit " + String.join(" ", arguments));
      Main.run(arguments.toArray(new String[0]));
    }
    Main.run(
        new String[] {
          "export", "images", "--workspace", workspace, "--format", "huggingface", "--to", args[2]
        });
    Workspace tables = Workspace.at(spark, workspace);
    Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
    List<String> differing = new ArrayList<>();
    for (TableSpec table : Tables.ALL) {
      if (!tables.has(table)) {
        System.out.println("no run has written table " + table.name());
        continue;
      }
      Dataset<Row> theirs = DeltaSpark.read(spark).load(workspace + "/" + table.name());
      // As text, since rows with maps cannot be told from one another.
      Dataset<String> ours = tables.read(table).toDF(theirs.columns()).toJSON();
      Dataset<String> others = theirs.toJSON();
      if (ours.exceptAll(others).count() + others.exceptAll(ours).count() > 0) {
        differing.add(table.name());
      }
      counts.put(table.name(), counts(theirs));
    }
    Files.writeString(
        Path.of(args[1]),
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(counts));
    System.out.printf(
        Locale.ROOT,
        "%d of %d tables are read by Delta's own engine with the same rows; with others: %s%n",
        counts.size() - differing.size(),
        Tables.ALL.size(),
        differing);
    spark.stop();
    if (!differing.isEmpty() || counts.size() < Tables.ALL.size()) {
      System.exit(1);
    }
  }

  /** Rows under the name of nothing, and values by column. */
  private static Map<String, Long> counts(Dataset<Row> rows) {
    List<Column> columns = new ArrayList<>();
    for (String name : rows.columns()) {
      columns.add(count(col("`" + name + "`")).as(name));
    }
    Row row = rows.agg(count(lit(1)).as(""), columns.toArray(new Column[0])).head();
    Map<String, Long> counts = new LinkedHashMap<>();
    for (int i = 0; i < row.length(); i++) {
      counts.put(row.schema().apply(i).name(), row.getLong(i));
    }
    return counts;
  }
}
