package org.sparkvit.relabel;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.StableHash;
import org.sparkvit.table.ImageFiles;
import org.sparkvit.table.ImageName;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.RelabelsTable;
import org.sparkvit.table.ReviewTable;

/**
 * What others take away.
 *
 * <pre>
 * labels.parquet/   path, label, split as the catalog was given it, and the user's own columns, of
 *                   every image: a manifest, with the places of members of tar files. Parquet,
 *                   since it keeps the types of columns and is written and read by many tasks
 * review.csv        the review queue, to be opened by people
 * </pre>
 *
 * @param folder URI of a new folder
 */
record LabelExport(SparkSession spark, String folder) {
  private static final String MANIFEST = "labels.parquet";
  private static final String REVIEW = "review.csv";

  private static final UserDefinedFunction ROOT =
      udf(
          (UDF2<String, String, String>)
              (path, id) -> ImageName.rootOf(new Path(path), id).map(Path::toString).orElse(null),
          DataTypes.StringType);

  String manifest() {
    return folder + "/" + MANIFEST;
  }

  String review() {
    return folder + "/" + REVIEW;
  }

  /** Writes the manifest of what {@link Decisions#of} gives. */
  void writeManifest(Dataset<Row> decided) {
    List<Column> columns = new ArrayList<>();
    columns.add(col(RelabelsTable.PATH));
    columns.add(col(RelabelsTable.NEW_LABEL).as("label"));
    columns.add(col("image.given_split").as(splitColumn(decided)));
    // Only a member of a tar file has an offset; a header precedes it.
    Column member = col("image.offset").gt(0);
    if (!decided.where(member).isEmpty()) {
      columns.add(when(member, col("image.offset")).as(ImageFiles.MEMBER_OFFSET));
      columns.add(when(member, col("image.bytes")).as(ImageFiles.MEMBER_BYTES));
    }
    for (String name : own(decided)) {
      columns.add(col(Decisions.IMAGE + ".`" + name.replace("`", "``") + "`").as(name));
    }
    decided.select(columns.toArray(new Column[0])).write().parquet(manifest());
  }

  /**
   * The manifest's column of given splits: the usual name, unless a column of the user's has it.
   */
  static String splitColumn(Dataset<Row> decided) {
    return own(decided).stream().anyMatch("split"::equalsIgnoreCase)
        ? ImagesTable.GIVEN_SPLIT
        : "split";
  }

  private static List<String> own(Dataset<Row> decided) {
    return ImagesTable.SPEC.extraColumns(decided.select(Decisions.IMAGE + ".*"));
  }

  /** Writes the review queue, as rows of {@link ReviewTable}, into one file. */
  void writeReview(Dataset<Row> queue) {
    Path parts = new Path(folder, "_review");
    try {
      FileSystem fs = parts.getFileSystem(spark.sparkContext().hadoopConfiguration());
      queue
          .drop(RelabelsTable.MODEL)
          .coalesce(1)
          .sortWithinPartitions(ReviewTable.RANK)
          .write()
          .option("header", true)
          .option("escape", "\"")
          .option("ignoreLeadingWhiteSpace", false)
          .option("ignoreTrailingWhiteSpace", false)
          .option("emptyValue", "")
          .csv(parts.toString());
      for (FileStatus part : fs.listStatus(parts)) {
        if (part.getPath().getName().endsWith(".csv")
            && !fs.rename(part.getPath(), new Path(review()))) {
          throw new IOException(part.getPath() + " cannot be renamed to " + review());
        }
      }
      fs.delete(parts, true);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + review(), e);
    }
  }

  /** Removes what a run left that came to nothing. */
  void delete() throws IOException {
    Path path = new Path(folder);
    path.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(path, true);
  }

  /**
   * The {@code --image-root} with which {@code catalog} gives the manifest's images the ids that
   * they have, so that splits and predictions stay theirs. Empty where no folder does: images of
   * several inputs have names that start from several folders.
   */
  static Optional<String> imageRoot(Dataset<Row> decided) {
    Column path = col(RelabelsTable.PATH);
    Column id = col(RelabelsTable.ID);
    List<String> roots =
        decided
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
    long others = decided.agg(count_if(not(same.apply(path, id)))).head().getLong(0);
    return others == 0 ? Optional.of(root.toString()) : Optional.empty();
  }
}
