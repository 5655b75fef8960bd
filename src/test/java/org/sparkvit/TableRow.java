package org.sparkvit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;

/**
 * Makes a row of a table by the names of its columns. A test says what it is about, and a column
 * that a table gets has one place here.
 */
public final class TableRow {
  private final StructType schema;
  private final Object[] cells;

  private TableRow(StructType schema) {
    this.schema = schema;
    this.cells = new Object[schema.size()];
  }

  /** A row whose columns are all null. */
  public static TableRow of(StructType schema) {
    return new TableRow(schema);
  }

  /**
   * A sound PNG image of one pixel, without a label and without a hash of its content.
   *
   * @param schema the columns of {@code images}, and more
   */
  public static TableRow image(StructType schema, String id, String path) {
    return of(schema)
        .with(ImagesTable.ID, id)
        .with(ImagesTable.PATH, path)
        .with(ImagesTable.BYTES, 1L)
        .with(ImagesTable.OFFSET, 0L)
        .with(ImagesTable.FORMAT, "PNG")
        .with(ImagesTable.WIDTH, 1)
        .with(ImagesTable.HEIGHT, 1)
        .with(ImagesTable.CHANNELS, 3)
        .with(ImagesTable.ORIENTATION, 1)
        .with(ImagesTable.STATUS, "OK");
  }

  /** The same with no more columns than {@code images} has. */
  public static TableRow image(String id, String path) {
    return image(ImagesTable.SPEC.schema(), id, path);
  }

  /** The image of a file, with its content's hash; its id is that of the file's name. */
  public static TableRow image(StructType schema, Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    return image(schema, StableHash.id(file.getFileName().toString()), file.toString())
        .with(ImagesTable.BYTES, (long) content.length)
        .with(ImagesTable.SHA256, StableHash.sha256(content));
  }

  /** The same with no more columns than {@code images} has. */
  public static TableRow image(Path file) throws IOException {
    return image(ImagesTable.SPEC.schema(), file);
  }

  /** An image that cannot be used: its content is of no known format. */
  public TableRow unusable(String status, String reason) {
    for (String column :
        List.of(ImagesTable.FORMAT, ImagesTable.WIDTH, ImagesTable.HEIGHT, ImagesTable.CHANNELS)) {
      with(column, null);
    }
    return with(ImagesTable.STATUS, status).with(ImagesTable.REASON, reason);
  }

  /**
   * What a model says of an image, in fp32.
   *
   * @param predicted the class, of which nobody checks that it has the highest probability
   * @param probabilities of all classes; none where the image could not be scored
   */
  public static TableRow prediction(
      String id, String path, String model, String predicted, float... probabilities) {
    List<Float> list = new ArrayList<>();
    for (float p : probabilities) {
      list.add(p);
    }
    TableRow row =
        of(PredictionsTable.SPEC.schema())
            .with(PredictionsTable.ID, id)
            .with(PredictionsTable.PATH, path)
            .with(PredictionsTable.MODEL, model)
            .with(PredictionsTable.SCORED_AT, Timestamp.from(Instant.EPOCH));
    return list.isEmpty()
        ? row.with(PredictionsTable.STATUS, "DECODE_ERROR").with(PredictionsTable.REASON, "broken")
        : row.with(PredictionsTable.STATUS, "OK")
            .with(PredictionsTable.PROBABILITIES, list)
            .with(PredictionsTable.PREDICTED, predicted)
            .with(PredictionsTable.CONFIDENCE, Collections.max(list))
            .with(PredictionsTable.PRECISION, "fp32")
            .with(PredictionsTable.SCALED_DECODING, false);
  }

  /** Sets the value of a column. */
  public TableRow with(String column, Object value) {
    cells[schema.fieldIndex(column)] = value;
    return this;
  }

  /** The row, with what has been set so far. */
  public Row build() {
    return RowFactory.create(cells.clone());
  }
}
