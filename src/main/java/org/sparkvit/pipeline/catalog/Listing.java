package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.map_keys;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ScalaCells;
import org.sparkvit.dataset.schema.ImagesSkippedTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;
import org.sparkvit.loading.ImageName;
import org.sparkvit.loading.ParquetCell;

/**
 * The files that a source found, before any is read, one row per file. Columns are addressed by
 * position, because the rows pass through functions of every task. The user's own columns follow.
 */
final class Listing {
  /** The unique name of the file, see {@link ImageName}. */
  static final String NAME = "_name";

  /**
   * A name of {@link SkipReason} for what is listed but not cataloged, or null for what is
   * cataloged.
   */
  static final String SKIPPED = "_skipped";

  /**
   * The reason why a file is never opened and becomes a row of the images table all the same, or
   * null where it is opened.
   */
  static final String REFUSED = "_refused";

  /**
   * Details of why it is skipped, or null. For a file that is not skipped, it is the reason why it
   * becomes a row of the images table that cannot be opened.
   */
  static final String DETAIL = "_detail";

  /** A mistake in the input as a sentence for its owner, or null where there is none. */
  static final String PROBLEM = "_problem";

  /**
   * The path from the input's root, whose folders may be classes and splits, or null where folders
   * have no meaning, as in a manifest.
   */
  static final String WITHIN = "_within";

  /**
   * The fields of a sample as text, which differ from file to file, or null where there are none.
   */
  private static final String FIELDS = "_fields";

  /** About how many bytes a file has whose size is not known until it is read, or null. */
  static final String ABOUT_BYTES = "_about_bytes";

  static final int AT_NAME = 0;
  static final int AT_PATH = 1;
  static final int AT_LABEL = 2;
  static final int AT_SPLIT = 3;
  static final int AT_OFFSET = 4;

  /**
   * The position of the size, which is null where a manifest names a file whose size cannot be
   * read, and for an image inside a Parquet file.
   */
  static final int AT_BYTES = 5;

  static final int AT_MODIFIED = 6;
  static final int AT_REFUSED = 7;
  private static final int AT_SKIPPED = 8;
  static final int AT_DETAIL = 9;
  private static final int AT_PROBLEM = 10;
  private static final int AT_WITHIN = 11;
  static final int AT_ABOUT_BYTES = 12;
  private static final int FIXED = 14;
  private static final int MAX_FIELDS = 1_000;

  static final StructType SCHEMA =
      new StructType()
          .add(NAME, DataTypes.StringType, false)
          .add(ImagesTable.PATH, DataTypes.StringType)
          .add(ImagesTable.LABEL, DataTypes.StringType)
          .add(ImagesTable.GIVEN_SPLIT, DataTypes.StringType)
          .add(ImagesTable.OFFSET, DataTypes.LongType, false)
          .add(ImagesTable.BYTES, DataTypes.LongType)
          .add(ImagesTable.MODIFIED, DataTypes.TimestampType)
          .add(REFUSED, DataTypes.StringType)
          .add(SKIPPED, DataTypes.StringType)
          .add(DETAIL, DataTypes.StringType)
          .add(PROBLEM, DataTypes.StringType)
          .add(WITHIN, DataTypes.StringType)
          .add(ABOUT_BYTES, DataTypes.LongType)
          .add(FIELDS, DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType));

  private Listing() {}

  /** Returns a row for a file that is to be read. */
  static Row file(
      String name,
      String path,
      String label,
      String split,
      long offset,
      Long bytes,
      Long modifiedMillis) {
    Timestamp modified = modifiedMillis == null ? null : new Timestamp(modifiedMillis);
    return RowFactory.create(
        name, path, label, split, offset, bytes, modified, null, null, null, null, null, null,
        null);
  }

  /**
   * Returns a row for an image inside a Parquet file.
   *
   * @param aboutBytes about how many bytes it has
   */
  static Row cell(
      String name,
      ParquetCell cell,
      String label,
      String split,
      long aboutBytes,
      long modifiedMillis) {
    Object[] values =
        values(file(name, cell.path(), label, split, cell.offset(), null, modifiedMillis));
    values[AT_ABOUT_BYTES] = aboutBytes;
    return RowFactory.create(values);
  }

  /**
   * Returns a row for a file that becomes a row of the images table but must not be opened.
   *
   * @param why the reason, which lies in its path
   */
  static Row refused(String name, String path, String label, String split, String why) {
    return RowFactory.create(
        name, path, label, split, 0L, null, null, why, null, null, null, null, null, null);
  }

  /**
   * Returns a row for something that becomes a row of {@code images_skipped}, and none of {@code
   * images}.
   *
   * @param detail details beyond the reason in a few words, or null
   */
  static Row skipped(String name, String path, SkipReason reason, String detail) {
    return RowFactory.create(
        name, path, null, null, 0L, 0L, null, null, reason.name(), detail, null, null, null, null);
  }

  /**
   * Returns a row for a file that is known to be unreadable, and becomes a row of the images table
   * all the same.
   *
   * @param why the reason and the remedy in a few words
   */
  static Row unreadable(String name, String path, long bytes, long modifiedMillis, String why) {
    return RowFactory.create(
        name,
        path,
        null,
        null,
        0L,
        bytes,
        new Timestamp(modifiedMillis),
        null,
        null,
        why,
        null,
        null,
        null,
        null);
  }

  /** Returns a row for a mistake that stops the catalog before an image is read. */
  static Row problem(String where, String sentence) {
    return RowFactory.create(
        where, null, null, null, 0L, null, null, null, null, null, sentence, null, null, null);
  }

  /**
   * Returns {@code row} with its path in the folders of its input, from which it takes a label and
   * a split if it has none of its own; see {@link FolderLayout}.
   */
  static Row within(Row row, String relative) {
    Object[] values = values(row);
    values[AT_WITHIN] = relative;
    return RowFactory.create(values);
  }

  /** Returns {@code row} with the label and split of its folders, unless it has its own. */
  static Row placed(Row row, FolderLayout layout, boolean labelled) {
    if (row.isNullAt(AT_WITHIN) || !row.isNullAt(AT_SKIPPED)) {
      return row;
    }
    FolderLayout.Place place = layout.of(row.getString(AT_WITHIN));
    Object[] values = values(row);
    if (values[AT_LABEL] == null && labelled) {
      values[AT_LABEL] = place.label();
    }
    if (values[AT_SPLIT] == null) {
      values[AT_SPLIT] = place.split();
    }
    return RowFactory.create(values);
  }

  private static Object[] values(Row row) {
    Object[] values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    return values;
  }

  /** Returns {@code row} with the fields of its sample. */
  static Row withFields(Row row, Map<String, String> fields) {
    Object[] values = new Object[FIXED];
    for (int i = 0; i < FIXED - 1; i++) {
      values[i] = row.get(i);
    }
    values[FIXED - 1] = fields.isEmpty() ? null : ScalaCells.map(fields);
    return RowFactory.create(values);
  }

  /** Returns the rows of {@code images_skipped} of a listing. */
  static Dataset<Row> skipped(Dataset<Row> listing) {
    return listing
        .where(col(SKIPPED).isNotNull())
        .select(
            col(ImagesTable.PATH),
            col(SKIPPED).as(ImagesSkippedTable.REASON),
            col(DETAIL).as(ImagesSkippedTable.DETAIL))
        .orderBy(ImagesSkippedTable.REASON, ImagesSkippedTable.PATH);
  }

  /** Returns the listing with a column for each of the fields instead of one map. */
  static Dataset<Row> withFieldColumns(Dataset<Row> listing) {
    List<String> fields =
        listing
            .select(explode(map_keys(col(FIELDS))).as("field"))
            .distinct()
            .orderBy("field")
            .limit(MAX_FIELDS + 1)
            .as(Encoders.STRING())
            .collectAsList();
    if (fields.size() > MAX_FIELDS) {
      throw new UserException(
          "the .json members have more than "
              + MAX_FIELDS
              + " different fields, each of which would be a column; put what differs from image to"
              + " image into one field");
    }
    List<String> own = Arrays.stream(own(listing.schema())).map(StructField::name).toList();
    List<String> free = new ArrayList<>(own);
    free.addAll(fields);
    List<String> names = freeNames(free).subList(own.size(), free.size());
    List<Column> columns = new ArrayList<>();
    for (String name : listing.columns()) {
      columns.add(QuotedColumn.named(name));
    }
    for (int i = 0; i < fields.size(); i++) {
      columns.add(element_at(col(FIELDS), fields.get(i)).as(names.get(i)));
    }
    return listing.select(columns.toArray(new Column[0]));
  }

  /** Returns {@code row} followed by the values of the user's own columns. */
  static Row with(Row row, Object... own) {
    Object[] values = new Object[FIXED + own.length];
    for (int i = 0; i < FIXED; i++) {
      values[i] = row.get(i);
    }
    System.arraycopy(own, 0, values, FIXED, own.length);
    return RowFactory.create(values);
  }

  /** Returns whether a row is of a file that is to be read. */
  static boolean isToBeRead(Row row) {
    return row.isNullAt(AT_REFUSED) && row.isNullAt(AT_SKIPPED) && row.isNullAt(AT_PROBLEM);
  }

  /** Returns the values of the user's own columns. */
  static Object[] own(Row row) {
    Object[] values = new Object[row.length() - FIXED];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(FIXED + i);
    }
    return values;
  }

  /** Returns the user's own columns of a listing. */
  static StructField[] own(StructType listing) {
    return Arrays.copyOfRange(listing.fields(), FIXED, listing.fields().length);
  }

  /**
   * Returns the user's columns under names that the images table does not use itself. Names that it
   * uses get {@code meta_} in front. Like Spark's names, they are compared without case.
   */
  static List<String> freeNames(List<String> columns) {
    Set<String> taken = new HashSet<>();
    for (String name : ImagesTable.SPEC.schema().fieldNames()) {
      taken.add(name);
    }
    taken.addAll(List.of(NAME, REFUSED, SKIPPED, DETAIL, PROBLEM, WITHIN, ABOUT_BYTES, FIELDS));
    taken.addAll(ManifestSource.COLUMNS);
    taken.add("_metadata"); // Spark's own of every row that is read from a file
    List<String> names = new ArrayList<>();
    for (String column : columns) {
      String name = column;
      while (!taken.add(name.toLowerCase(Locale.ROOT))) {
        name = "meta_" + name;
      }
      names.add(name);
    }
    return names;
  }
}
