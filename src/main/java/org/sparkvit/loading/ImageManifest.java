package org.sparkvit.loading;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;

/**
 * The manifest that {@code catalog} reads back: path, label, split as the catalog was given it, the
 * user's own columns, and the places of members of tar files and of cells of Parquet files. It is
 * Parquet, which keeps the types of columns and is written and read by many tasks.
 */
public final class ImageManifest {
  private static final String SPLIT = "split";

  private static final UserDefinedFunction ROOT =
      udf(
          (UDF2<String, String, String>)
              (path, id) -> ImageName.rootOf(new Path(path), id).map(Path::toString).orElse(null),
          DataTypes.StringType);

  private ImageManifest() {}

  /** Writes rows of {@link ImagesTable} as a manifest. */
  public static void write(Dataset<Row> images, String uri) {
    List<Column> columns = new ArrayList<>();
    columns.add(col(ImagesTable.PATH));
    columns.add(col(ImagesTable.LABEL));
    columns.add(col(ImagesTable.GIVEN_SPLIT).as(splitColumn(images)));
    // Only members of tar files and cells of Parquet files have an offset. One whose length is not
    // known, as it was gone, is a path to nothing when it is read back.
    Column member = col(ImagesTable.OFFSET).gt(0).and(col(ImagesTable.BYTES).geq(0));
    if (!images.where(member).isEmpty()) {
      columns.add(when(member, col(ImagesTable.OFFSET)).as(ImageFiles.MEMBER_OFFSET));
      columns.add(when(member, col(ImagesTable.BYTES)).as(ImageFiles.MEMBER_BYTES));
    }
    for (String name : ImagesTable.SPEC.extraColumns(images)) {
      columns.add(QuotedColumn.named(name));
    }
    images.select(columns.toArray(new Column[0])).write().parquet(uri);
  }

  /**
   * Returns the command that catalogs a manifest.
   *
   * @param images the rows as they were written to it
   * @param unlabelled whether some of them have no label
   */
  public static String catalogCommand(
      String workspace, String uri, Dataset<Row> images, boolean unlabelled) {
    StringBuilder command = new StringBuilder("spark-vit catalog --overwrite --workspace ");
    command.append(workspace).append(" --input ").append(uri);
    Optional<String> imageRoot = imageRoot(images);
    imageRoot.ifPresent(folder -> command.append(" --image-root ").append(folder));
    List<String> elsewhere = elsewhere(images, new Within(imageRoot.stream().toList()));
    if (!elsewhere.isEmpty()) {
      imageRoot.ifPresent(folder -> command.append(" --within ").append(folder));
      elsewhere.forEach(folder -> command.append(" --within ").append(folder));
    }
    if (!splitColumn(images).equals(SPLIT)) {
      command.append(" --split-column ").append(splitColumn(images));
    }
    if (unlabelled) {
      command.append(" --empty-label unlabelled");
    }
    return command.toString();
  }

  /** Returns the roots of the disks and buckets with images that {@code within} does not allow. */
  private static List<String> elsewhere(Dataset<Row> images, Within within) {
    UserDefinedFunction root =
        udf(
            (UDF2<String, Long, String>)
                (uri, offset) -> {
                  Path path = new Path(ImageFiles.containerOf(uri, offset));
                  boolean inside =
                      within.refusal(path).isEmpty() && within.refusalOfLinks(path).isEmpty();
                  return inside ? null : path.toUri().resolve("/").toString();
                },
            DataTypes.StringType);
    return images
        .where(ImagesTable.usable())
        .select(root.apply(col(ImagesTable.PATH), col(ImagesTable.OFFSET)).as("root"))
        .where(col("root").isNotNull())
        .distinct()
        .orderBy("root")
        .as(Encoders.STRING())
        .collectAsList();
  }

  /**
   * Returns the name of the column of given splits: the usual name, unless one of the user's
   * columns has it.
   */
  static String splitColumn(Dataset<Row> images) {
    return ImagesTable.SPEC.extraColumns(images).stream().anyMatch(SPLIT::equalsIgnoreCase)
        ? ImagesTable.GIVEN_SPLIT
        : SPLIT;
  }

  /**
   * Returns the {@code --image-root} with which {@code catalog} gives the manifest's images the ids
   * that they have, so that their splits and predictions stay valid. It is empty where no folder
   * does so, as for images of several inputs, whose names start from several folders.
   */
  public static Optional<String> imageRoot(Dataset<Row> images) {
    Column path = col(ImagesTable.PATH);
    Column id = col(ImagesTable.ID);
    List<String> roots =
        images
            .select(ROOT.apply(path, id))
            .distinct()
            .limit(3)
            .as(Encoders.STRING())
            .collectAsList()
            .stream()
            .filter(root -> root != null)
            .toList();
    if (roots.size() != 1) {
      return Optional.empty();
    }
    Path root = new Path(roots.get(0));
    UserDefinedFunction same =
        udf(
            (UDF2<String, String, Boolean>)
                (file, given) ->
                    StableHash.id(ImageName.of(new Path(roots.get(0)), new Path(file)))
                        .equals(given),
            DataTypes.BooleanType);
    long others = images.agg(count_if(not(same.apply(path, id)))).head().getLong(0);
    return others == 0 ? Optional.of(root.toString()) : Optional.empty();
  }
}
