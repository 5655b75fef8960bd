package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;

/**
 * Tells which listed files are as they were when an earlier catalog read them, so that they need
 * not be read again. As with rsync, a file is unchanged where its place, its size and its time of
 * modification are; a file that was modified shortly before or while the earlier catalog ran may
 * have changed after it was read, and counts as changed. An image inside a Parquet file is
 * unchanged where the file's place and time are. So does one whose content could not be read, and
 * one that an earlier version of the program could not use.
 *
 * <p>Only what was read from the file is taken from the earlier catalog. Labels, splits and the
 * user's own columns are those of the listing.
 */
final class UnchangedFiles {
  /** Storages tell time to the second, and their clocks differ from ours. */
  private static final Duration CLOCK = Duration.ofSeconds(2);

  private static final String LISTED = "_listed_";
  private static final String EARLIER_ID = "_earlier_id";

  private final Dataset<Row> earlier;

  /**
   * Makes it.
   *
   * @param images the earlier catalog
   * @param record the record of the run that made it
   */
  UnchangedFiles(Dataset<Row> images, JsonNode record) {
    Instant started = Instant.parse(record.path("started").asText());
    boolean sameProgram =
        record
            .path("versions")
            .path(RunRecord.PROGRAM)
            .asText()
            .equals(RunRecord.versions().get(RunRecord.PROGRAM));
    Column trusted =
        col(ImagesTable.SHA256)
            .isNotNull()
            .and(col(ImagesTable.MODIFIED).lt(lit(Timestamp.from(started.minus(CLOCK)))))
            .and(sameProgram ? lit(true) : ImagesTable.usable());
    String[] own = ImagesTable.SPEC.schema().fieldNames();
    this.earlier =
        images
            .where(trusted)
            .select(Arrays.stream(own).map(QuotedColumn::named).toArray(Column[]::new));
  }

  /**
   * Returns the rows of the images table for the files that are unchanged.
   *
   * @param listing rows of {@link Listing#SCHEMA} that are to be read, and the user's own columns
   */
  Dataset<Row> rows(Dataset<Row> listing) {
    List<Column> listed = new ArrayList<>();
    for (String name : listing.columns()) {
      listed.add(QuotedColumn.named(name).as(LISTED + name));
    }
    Dataset<Row> both =
        listing
            .select(listed.toArray(Column[]::new))
            .join(
                earlier,
                id(LISTED + Listing.NAME)
                    .equalTo(col(ImagesTable.ID))
                    .and(same(ImagesTable.PATH))
                    .and(same(ImagesTable.OFFSET))
                    .and(same(ImagesTable.BYTES).or(isCell()))
                    .and(same(ImagesTable.MODIFIED))
                    .and(col(LISTED + Listing.REFUSED).isNull())
                    .and(col(LISTED + Listing.DETAIL).isNull()));
    List<Column> columns = new ArrayList<>();
    for (String name : ImagesTable.SPEC.schema().fieldNames()) {
      boolean given = name.equals(ImagesTable.LABEL) || name.equals(ImagesTable.GIVEN_SPLIT);
      columns.add(given ? col(LISTED + name).as(name) : col(name));
    }
    for (StructField field : Listing.own(listing.schema())) {
      columns.add(QuotedColumn.named(LISTED + field.name()).as(field.name()));
    }
    return both.select(columns.toArray(Column[]::new));
  }

  /** Returns the rows of a listing that none of {@code unchanged} is of. */
  static Dataset<Row> others(Dataset<Row> listing, Dataset<Row> unchanged) {
    Dataset<Row> ids = unchanged.select(col(ImagesTable.ID).as(EARLIER_ID));
    return listing.join(ids, id(Listing.NAME).equalTo(col(EARLIER_ID)), "left_anti");
  }

  /** Returns the images of an earlier catalog that are not in a listing. */
  static Dataset<Row> gone(Dataset<Row> images, Dataset<Row> listing) {
    Dataset<Row> ids = listing.select(id(Listing.NAME).as(LISTED + ImagesTable.ID));
    return images.join(ids, col(ImagesTable.ID).equalTo(col(LISTED + ImagesTable.ID)), "left_anti");
  }

  /** Returns the condition that a row is of an image whose length is learnt when it is read. */
  private static Column isCell() {
    return col(LISTED + ImagesTable.BYTES).isNull().and(col(LISTED + ImagesTable.OFFSET).gt(0));
  }

  private static Column same(String column) {
    return col(LISTED + column).equalTo(col(column));
  }

  /** As {@link org.sparkvit.core.StableHash#id}. */
  private static Column id(String name) {
    return substring(sha2(col(name).cast(DataTypes.BinaryType), 256), 1, 32);
  }
}
