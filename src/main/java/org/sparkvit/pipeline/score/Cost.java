package org.sparkvit.pipeline.score;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.SharedModel;

/**
 * The size and speed of a model, by which it can be compared with a smaller one.
 *
 * @param parameters the number of parameters
 * @param multiplyAdds the number of multiplications, each with its addition, for one image, or
 *     empty where unknown
 * @param imagesPerSecond the images scored per second, with reading and decoding
 * @param images the number of images that the rate was measured on
 */
record Cost(long parameters, OptionalLong multiplyAdds, double imagesPerSecond, long images) {
  /** Writes a row of {@link CostsTable}, which replaces the model's earlier one. */
  void write(
      SparkSession spark,
      Workspace workspace,
      SharedModel model,
      String precision,
      RunRecord record) {
    Row row =
        RowFactory.create(
            model.hash(),
            parameters,
            multiplyAdds.isPresent() ? multiplyAdds.getAsLong() : null,
            imagesPerSecond,
            images,
            precision);
    Dataset<Row> costs = spark.createDataFrame(List.of(row), CostsTable.SPEC.schema());
    workspace.append(CostsTable.SPEC, record.runId(), costs.coalesce(1), record, written -> {});
  }

  /** Returns a line for people. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%,.1f million parameters, %s million multiply-adds an image, %.1f images/s",
        parameters / 1e6,
        multiplyAdds.isPresent()
            ? String.format(Locale.ROOT, "%,.0f", multiplyAdds.getAsLong() / 1e6)
            : "unknown",
        imagesPerSecond);
  }
}
