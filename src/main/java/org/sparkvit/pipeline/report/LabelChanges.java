package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.LabelDecisions;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.Workspace;

/** Compares the labels of now with those that a table was made from. */
final class LabelChanges {
  private LabelChanges() {}

  /**
   * Counts the images that the catalog still has and whose label is another one now, or that are
   * left out now and were not, or the other way round.
   *
   * @param table a table whose run read labels
   * @param images the images that are not left out, with the labels that they have now
   * @return the count, or nothing where the versions that the run read are no longer stored
   */
  static OptionalLong count(
      SparkSession spark, Workspace workspace, TableSpec table, Dataset<Row> images) {
    JsonNode inputs = workspace.record(table).path("inputs");
    List<String> read = new ArrayList<>();
    boolean same = true;
    for (TableSpec input : List.of(ImagesTable.SPEC, DecisionsTable.SPEC)) {
      String version = inputs.path(input.name()).asText();
      same &= version.equals(workspace.has(input) ? workspace.version(input) : "");
      if (!version.isEmpty()) {
        read.add(version);
      }
    }
    if (same) {
      return OptionalLong.of(0);
    }
    try {
      Workspace then =
          Workspace.forReading(spark, workspace.uri(), AsOf.parse(String.join(",", read)));
      Dataset<Row> catalog = then.read(ImagesTable.SPEC);
      Dataset<Row> before =
          inputs.has(DecisionsTable.SPEC.name())
              ? new LabelDecisions(catalog, then.read(DecisionsTable.SPEC)).current()
              : catalog;
      // An image that is new, or gone, is none whose label has changed.
      Dataset<Row> both =
          catalog
              .select(col(ImagesTable.ID).as("common"))
              .join(
                  workspace.read(ImagesTable.SPEC),
                  col("common").equalTo(col(ImagesTable.ID)),
                  "left_semi");
      return OptionalLong.of(differing(before, images, both));
    } catch (UserException e) {
      return OptionalLong.empty();
    }
  }

  private static long differing(Dataset<Row> before, Dataset<Row> now, Dataset<Row> common) {
    Dataset<Row> then =
        before.select(
            col(ImagesTable.ID), col(ImagesTable.LABEL).as("before"), lit(true).as("was"));
    Dataset<Row> today =
        now.select(
            col(ImagesTable.ID).as("now_id"), col(ImagesTable.LABEL).as("now"), lit(true).as("is"));
    Dataset<Row> either =
        then.join(today, col(ImagesTable.ID).equalTo(col("now_id")), "full_outer")
            .select(
                coalesce(col(ImagesTable.ID), col("now_id")).as("either"),
                col("was"),
                col("is"),
                col("before"),
                col("now"))
            .where(not(col("was").eqNullSafe(col("is")).and(col("before").eqNullSafe(col("now")))));
    return either.join(common, col("either").equalTo(col("common")), "left_semi").count();
  }
}
