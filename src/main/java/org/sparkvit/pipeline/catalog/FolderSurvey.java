package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * A survey of where the images of an input lie, as far as it helps to tell a split's folder from a
 * class. The driver holds a line for each folder of one level, and the names of those below folders
 * that are named like splits. Spark counts everything else.
 *
 * @param above the folders that hold all images, from the top down to {@link #folders}
 * @param direct the number of images that lie beside the folders
 * @param folders the folders of one level, by name: the first level whose names may name a split,
 *     or where images lie in more than one folder
 * @param shared some of the folders that each folder with images has below it; empty where there is
 *     only one such folder, or where images lie beside them
 */
record FolderSurvey(
    List<String> above, long direct, Map<String, Folder> folders, Set<String> shared) {
  /** The largest number of shared folders, as more would not be shown. */
  private static final int MAX_SHARED = 20;

  private static final UserDefinedFunction SPLIT_NAMED =
      udf(
          (UDF1<String, String>) name -> name == null ? null : FolderLayout.splitNamed(name),
          DataTypes.StringType);

  /**
   * A folder.
   *
   * @param name the name of the folder
   * @param images the number of images in it and below; 0 where everything in it is skipped
   * @param direct the number of those images that are in no folder below
   * @param inSplits the number of those images that are in folders below which are named like
   *     splits
   * @param splits the splits that the folders below name
   * @param classes the folders with images below it, where it or a folder beside it is named like a
   *     split. It is empty for all other folders, as there may be a folder for each image
   */
  record Folder(
      String name,
      long images,
      long direct,
      long inSplits,
      Set<String> splits,
      Set<String> classes) {

    boolean isCalledSplit() {
      return FolderLayout.splitNamed(name) != null;
    }
  }

  /** Counts the rows of a listing whose folders may have a meaning. */
  static FolderSurvey survey(Dataset<Row> listing) {
    Column image = col(Listing.SKIPPED).isNull();
    Dataset<Row> rows =
        listing
            .where(col(Listing.WITHIN).isNotNull().and(col(Listing.PROBLEM).isNull()))
            .select(col(Listing.WITHIN), image.as("image"));
    Row ends = rows.where("image").agg(min(Listing.WITHIN), max(Listing.WITHIN)).head();
    List<String> common =
        ends.isNullAt(0) ? List.of() : commonFolders(ends.getString(0), ends.getString(1));
    int level = 0;
    while (level < common.size() && FolderLayout.splitNamed(common.get(level)) == null) {
      level++;
    }
    Column parts = split(col(Listing.WITHIN), "/");
    Dataset<Row> pairs =
        rows.select(
                when(size(parts).gt(level + 1), parts.getItem(level)).as("folder"),
                when(size(parts).gt(level + 2), parts.getItem(level + 1)).as("sub"),
                col("image"),
                above(parts, common.subList(0, level)).as("here"))
            .where("here")
            .groupBy("folder", "sub")
            .agg(sum(when(col("image"), 1L).otherwise(0L)).as("images"));
    Column inSplit = SPLIT_NAMED.apply(col("sub"));
    long direct = 0;
    Map<String, Folder> folders = new TreeMap<>();
    for (Row row :
        pairs
            .groupBy("folder")
            .agg(
                sum("images"),
                sum(when(col("sub").isNull(), col("images")).otherwise(0L)),
                sum(when(inSplit.isNotNull(), col("images")).otherwise(0L)),
                collect_set(when(col("images").gt(0), inSplit)))
            .collectAsList()) {
      if (row.isNullAt(0)) {
        direct = row.getLong(1);
      } else {
        Set<String> splits = new TreeSet<>(row.<String>getList(4));
        String name = row.getString(0);
        folders.put(
            name,
            new Folder(
                name, row.getLong(1), row.getLong(2), row.getLong(3), splits, new TreeSet<>()));
      }
    }
    List<String> called =
        folders.values().stream().filter(Folder::isCalledSplit).map(Folder::name).toList();
    if (!called.isEmpty()) {
      Dataset<Row> below = pairs.where("folder is not null and sub is not null and images > 0");
      Dataset<Row> theirs = below.where(col("folder").isin(called.toArray()));
      // Folders beside them matter only where they hold the same names.
      Dataset<Row> same =
          below.join(
              theirs.select(col("sub").as("theirs")).distinct(),
              col("sub").equalTo(col("theirs")),
              "left_semi");
      for (Row row : same.select("folder", "sub").collectAsList()) {
        folders.get(row.getString(0)).classes().add(row.getString(1));
      }
    }
    return new FolderSurvey(
        common.subList(0, level), direct, folders, shared(pairs, List.copyOf(folders.values())));
  }

  private static Set<String> shared(Dataset<Row> pairs, List<Folder> folders) {
    List<Folder> filled = folders.stream().filter(folder -> folder.images() > 0).toList();
    Set<String> shared = new TreeSet<>();
    if (filled.size() > 1 && filled.stream().allMatch(folder -> folder.direct() == 0)) {
      pairs
          .where("folder is not null and sub is not null and images > 0")
          .groupBy("sub")
          .count()
          .where(col("count").equalTo(filled.size()))
          .orderBy("sub")
          .limit(MAX_SHARED)
          .collectAsList()
          .forEach(row -> shared.add(row.getString(0)));
    }
    return shared;
  }

  /** Returns the condition that a path leads through these folders. */
  private static Column above(Column parts, List<String> folders) {
    Column here = lit(true);
    for (int i = 0; i < folders.size(); i++) {
      here = here.and(coalesce(parts.getItem(i).equalTo(folders.get(i)), lit(false)));
    }
    return here;
  }

  /**
   * Returns the folders that the first and the last of sorted paths have in common, which all paths
   * between them share.
   */
  private static List<String> commonFolders(String first, String last) {
    String[] from = first.split("/", -1);
    String[] to = last.split("/", -1);
    List<String> common = new ArrayList<>();
    while (common.size() < Math.min(from.length, to.length) - 1
        && from[common.size()].equals(to[common.size()])) {
      common.add(from[common.size()]);
    }
    return common;
  }
}
