package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.dataset.query.Components;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.pipeline.split.SplitConfig.Given;

/** The images to split, one row each, with the keys that tie them to a split and to one another. */
final class SplitItems {
  static final String ID = "id";

  /** The class, or with further labels the {@link LabelSet}. */
  static final String LABEL = "label";

  /** The split that the data names, or null where it names none or its splits are ignored. */
  static final String GIVEN = "given";

  /** The split of the earlier table, or null for a new image. */
  static final String EARLIER = "earlier";

  /**
   * The key {@code COLUMN=VALUE} of the group column, or null where there is no such column or its
   * value is blank.
   */
  static final String GROUP_KEY = "group_key";

  /**
   * The key {@code duplicates=ID} of images that the audit found similar, else {@code sha256=HASH},
   * or null where equal images need not stay together.
   */
  static final String CONTENT_KEY = "content_key";

  /**
   * The group of the image, whose images must stay together, or null for an image that stands
   * alone.
   */
  static final String GROUP = "group";

  private static final String USABLE = "usable";
  private static final String COMPONENT = "duplicates_component";

  private SplitItems() {}

  /**
   * Selects the labelled images that are usable or already placed, and adds the columns above.
   *
   * @param duplicates rows of {@link DuplicatesTable}, where there has been an audit
   */
  static Dataset<Row> of(
      Dataset<Row> images,
      Optional<Dataset<Row>> duplicates,
      Optional<Dataset<Row>> earlier,
      SplitConfig config) {
    Dataset<Row> tied =
        duplicates
            .map(
                rows ->
                    images.join(
                        rows.select(
                            col(DuplicatesTable.ID).as(ImagesTable.ID),
                            col(DuplicatesTable.COMPONENT).as(COMPONENT)),
                        toArray(ImagesTable.ID),
                        "left"))
            .orElse(images.withColumn(COMPONENT, noText()));
    Dataset<Row> items =
        tied.filter(ImagesTable.labelled())
            .select(
                ImagesTable.usable().as(USABLE),
                col(ImagesTable.ID).as(ID),
                config
                    .labelsColumn()
                    .map(column -> LabelSet.of(images, column))
                    .orElse(col(ImagesTable.LABEL))
                    .as(LABEL),
                (config.given() == Given.KEEP ? col(ImagesTable.GIVEN_SPLIT) : noText()).as(GIVEN),
                config
                    .groupColumn()
                    .map(name -> groupKey(images, name))
                    .orElse(noText())
                    .as(GROUP_KEY),
                (config.keepDuplicatesTogether()
                        ? coalesce(
                            concat(lit("duplicates="), col(COMPONENT)),
                            concat(lit("sha256="), col(ImagesTable.SHA256)))
                        : noText())
                    .as(CONTENT_KEY));
    if (earlier.isPresent()) {
      Dataset<Row> places =
          earlier.get().select(col(SplitsTable.ID).as(ID), col(SplitsTable.SPLIT).as(EARLIER));
      items = items.join(places, toArray(ID), "left");
    } else {
      items = items.withColumn(EARLIER, noText());
    }
    // An image that was placed keeps its place while it cannot be read: coming back, it must not
    // turn up in another split.
    return withGroups(items.filter(col(USABLE).or(col(EARLIER).isNotNull())).drop(USABLE), config);
  }

  private static Dataset<Row> withGroups(Dataset<Row> items, SplitConfig config) {
    Dataset<Row> rows = items.withColumn(GROUP, noText());
    if (config.groupColumn().isPresent()) {
      rows = sharedOnly(rows, GROUP_KEY);
    }
    if (config.keepDuplicatesTogether()) {
      rows = sharedOnly(rows, CONTENT_KEY);
    }
    Column either = coalesce(col(GROUP_KEY), col(CONTENT_KEY));
    if (config.groupColumn().isEmpty() || !config.keepDuplicatesTogether()) {
      return rows.withColumn(GROUP, either);
    }
    // Two images of equal content join their groups, and so on: only such links need a search.
    Dataset<Row> links =
        rows.filter(col(GROUP_KEY).isNotNull().and(col(CONTENT_KEY).isNotNull()))
            .select(GROUP_KEY, CONTENT_KEY)
            .distinct();
    return rows.withColumn(Components.KEY, coalesce(either, col(ID)))
        .join(Components.of(links), toArray(Components.KEY), "left")
        .withColumn(GROUP, coalesce(col(Components.NAME), either))
        .drop(Components.KEY, Components.NAME);
  }

  /** Sets a key to null where only one image has it. */
  private static Dataset<Row> sharedOnly(Dataset<Row> rows, String key) {
    // Where the key is null the id stands in: nulls would all meet in one task.
    WindowSpec sameKey = Window.partitionBy(coalesce(col(key), col(ID)));
    return rows.withColumn(key, when(count(lit(1)).over(sameKey).gt(1), col(key)));
  }

  private static Column groupKey(Dataset<Row> images, String name) {
    return concat(lit(name + "="), SliceColumns.group(images, name));
  }

  private static Column noText() {
    return lit(null).cast(DataTypes.StringType);
  }

  private static String[] toArray(String name) {
    return new String[] {name};
  }
}
