package org.sparkvit;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;

/** A workspace of rows that a test writes itself; its images have no files. */
public record TableWorkspace(SparkSession spark, Workspace workspace) {
  public static TableWorkspace at(SparkSession spark, Path folder) {
    return new TableWorkspace(spark, Workspace.at(spark, folder.toString()));
  }

  /** Id of the image of a name. */
  public static String id(String name) {
    return StableHash.id(name);
  }

  /**
   * Writes {@code images}.
   *
   * @param source a column of the user's
   */
  public record Image(String name, String label, String status, String source) {}

  public TableWorkspace images(List<Image> images) {
    StructType schema = ImagesTable.SPEC.schema().add("source", DataTypes.StringType);
    List<Row> rows = new ArrayList<>();
    for (Image image : images) {
      rows.add(
          TableRow.image(schema, id(image.name()), "file:/data/" + image.name())
              .with(ImagesTable.LABEL, image.label())
              .with(ImagesTable.BYTES, 100L)
              .with(ImagesTable.MODIFIED, Timestamp.valueOf("2026-01-01 00:00:00"))
              .with(
                  ImagesTable.SHA256,
                  StableHash.sha256(image.name().getBytes(java.nio.charset.StandardCharsets.UTF_8)))
              .with(ImagesTable.FORMAT, "JPEG")
              .with(ImagesTable.WIDTH, 64)
              .with(ImagesTable.HEIGHT, 64)
              .with(ImagesTable.STATUS, image.status())
              .with("source", image.source())
              .build());
    }
    workspace.replace(
        ImagesTable.SPEC,
        spark.createDataFrame(rows, schema),
        RunRecord.start("catalog", Map.of()));
    return this;
  }

  public TableWorkspace table(TableSpec table, List<Row> rows) {
    workspace.replace(
        table, spark.createDataFrame(rows, table.schema()), RunRecord.start("test", Map.of()));
    return this;
  }
}
