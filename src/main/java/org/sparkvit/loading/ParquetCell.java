package org.sparkvit.loading;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_extract;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * The place of an image that is a cell of a Parquet file. In rows of {@link ImagesTable} its path
 * is {@code FILE#COLUMN/ROW} with the row's index from 0, such as {@code
 * s3a://b/train-00000-of-00002.parquet#image.bytes/12}, and its offset is the row's number from 1.
 *
 * @param file the URI of the Parquet file
 * @param column the names of the column and of the structures around it, with dots in between
 * @param row the index of the row in the file, from 0
 */
public record ParquetCell(String file, String column, long row) {
  private static final String PLACE = "#([^#/]+)/(\\d{1,18})$";
  private static final Pattern PATH = Pattern.compile("^(.+)" + PLACE, Pattern.DOTALL);

  /** Returns the path that {@link ImagesTable#PATH} has. */
  public String path() {
    return file + "#" + escaped(column) + "/" + row;
  }

  /** Returns the offset that {@link ImagesTable#OFFSET} has. */
  public long offset() {
    return row + 1;
  }

  /**
   * Returns the cell that a row of {@link ImagesTable} names, or empty where its image is a file or
   * a member of a tar file. A path alone does not tell, as any file may be called so; the offset
   * has to agree.
   */
  public static Optional<ParquetCell> of(String path, long offset) {
    if (offset <= 0 || path.contains(ImageFiles.MEMBER)) {
      return Optional.empty();
    }
    Matcher place = PATH.matcher(path);
    if (!place.matches() || Long.parseLong(place.group(3)) != offset - 1) {
      return Optional.empty();
    }
    return Optional.of(new ParquetCell(place.group(1), plain(place.group(2)), offset - 1));
  }

  /** Returns the condition that the image of a row of {@link ImagesTable} is a cell. */
  public static Column isCell() {
    Column path = col(ImagesTable.PATH);
    Column offset = col(ImagesTable.OFFSET);
    return offset
        .gt(0)
        .and(not(path.contains(ImageFiles.MEMBER)))
        .and(regexp_extract(path, PLACE, 2).eqNullSafe(offset.minus(lit(1)).cast("string")));
  }

  /** Returns the URI of the file of a row that {@link #isCell} accepts. */
  public static Column fileColumn() {
    return regexp_extract(col(ImagesTable.PATH), "^((?s:.+))" + PLACE, 1);
  }

  /** Returns whether cells of a file have paths that name them and nothing else. */
  public static boolean canName(String file) {
    return !file.contains(ImageFiles.MEMBER);
  }

  private static String escaped(String column) {
    return column.replace("%", "%25").replace("#", "%23").replace("/", "%2F");
  }

  private static String plain(String column) {
    return column.replace("%2F", "/").replace("%23", "#").replace("%25", "%");
  }
}
