package org.sparkvit.dataset.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.TableRow;
import org.sparkvit.core.StableHash;

/** Builds a table {@code images} for tests, without files. It has one further column, patient. */
public final class ImageRows {
  private static final StructType SCHEMA =
      ImagesTable.SPEC.schema().add("patient", DataTypes.StringType);

  private final List<Row> rows = new ArrayList<>();

  /** Adds {@code count} images of a class, named {@code prefix-0} and so on, all different. */
  public ImageRows add(String prefix, int count, String label) {
    for (int i = 0; i < count; i++) {
      add(prefix + "-" + i, label, null, null, prefix + i);
    }
    return this;
  }

  /** Adds one image; equal contents are duplicates. */
  public ImageRows add(String name, String label, String given, String patient, String content) {
    return add(name, label, given, patient, content, "OK");
  }

  /** Adds one image with a status. */
  public ImageRows add(
      String name, String label, String given, String patient, String content, String status) {
    rows.add(
        TableRow.image(SCHEMA, StableHash.id(name), "file:/" + name)
            .with(ImagesTable.LABEL, label)
            .with(ImagesTable.GIVEN_SPLIT, given)
            .with(ImagesTable.SHA256, StableHash.sha256(content.getBytes(UTF_8)))
            .with(ImagesTable.STATUS, status)
            .with("patient", patient)
            .build());
    return this;
  }

  public Dataset<Row> dataset(SparkSession spark) {
    return spark.createDataFrame(rows, SCHEMA);
  }
}
