package org.sparkvit.ml;

import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.UserException;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageSource;

/** The input column of an operator, which holds paths or contents of image files. */
final class ImageColumn {
  private ImageColumn() {}

  /**
   * Checks that the column exists and has a type that images can be read from.
   *
   * @throws UserException when it does not
   */
  static void check(StructType schema, String column) {
    if (!Arrays.asList(schema.fieldNames()).contains(column)) {
      throw new UserException(
          "inputCol is '"
              + column
              + "', but the columns are "
              + String.join(", ", schema.fieldNames())
              + "; use setInputCol with one of them");
    }
    DataType type = schema.apply(column).dataType();
    if (isDecoded(type)) {
      throw new UserException(
          "inputCol '"
              + column
              + "' is of Spark's image source, which has decoded the files in its own way (without"
              + " EXIF, null where it failed) and left their bytes behind; read them with"
              + " format(\"binaryFile\") and use 'content', or use the paths in '"
              + column
              + ".origin' as a column of strings");
    }
    if (!(type instanceof StringType) && !(type instanceof BinaryType)) {
      throw new UserException(
          "inputCol '"
              + column
              + "' is of type "
              + type.simpleString()
              + "; use a column of paths (string) or of the contents of image files (binary)");
    }
  }

  /** Returns whether the type is that of {@code spark.read().format("image")}. */
  private static boolean isDecoded(DataType type) {
    return type instanceof StructType struct
        && Arrays.asList(struct.fieldNames()).containsAll(Arrays.asList("origin", "data", "mode"));
  }

  /** Returns a source of the images in a column that has passed {@link #check}. */
  static ImageSource source(Dataset<Row> rows, String column) {
    int index = rows.schema().fieldIndex(column);
    return rows.schema().apply(index).dataType() instanceof BinaryType
        ? new Contents(column, index)
        : new Paths(column, index, new ImageFiles(rows.sparkSession()));
  }

  private static ImageContent absent(String column) {
    return ImageContent.failed("", ImageStatus.MISSING, "column '" + column + "' is null");
  }

  private record Paths(String column, int index, ImageFiles files) implements ImageSource {
    @Override
    public ImageContent read(Row row) {
      return row.isNullAt(index) ? absent(column) : ImageContent.read(files, row.getString(index));
    }
  }

  private record Contents(String column, int index) implements ImageSource {
    @Override
    public ImageContent read(Row row) {
      return row.isNullAt(index) ? absent(column) : ImageContent.of("", row.getAs(index));
    }

    @Override
    public long weight(Row row) {
      return row.isNullAt(index) ? 0 : row.<byte[]>getAs(index).length;
    }
  }
}
