package org.sparkvit.pipeline.catalog;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.UserException;
import org.sparkvit.loading.ImageName;
import scala.Tuple2;

/**
 * Lists an image folder; see {@link FolderLayout}.
 *
 * <p>The driver lists the folders of the first level, and of the second below a split. The files
 * are listed by Spark tasks, one for each such folder. So the driver holds a line per class however
 * many images there are, and S3 is asked by many tasks at once. Length and time come with the
 * listing.
 *
 * @param root the folder, fully qualified
 * @param config says whether folders are classes, and what their layout is
 * @param decisions receives the layout that was decided
 */
record FolderSource(Path root, CatalogConfig config, InputDecisions decisions)
    implements CatalogSource {
  private static final int MAX_TASKS = 2_000;
  private static final int MAX_DEPTH = 2;

  @Override
  public Dataset<Row> list(SparkSession spark) {
    // Looked at before it is used.
    JavaRDD<Row> rows = walk(spark).persist(StorageLevel.MEMORY_AND_DISK());
    if (config.format() == InputFormat.AUTO && !config.unlabelled()) {
      requireNoMetadata(rows);
    }
    return FolderLayout.place(spark, rows, root.toString(), config, decisions);
  }

  /**
   * Checks that the folder has no metadata. Otherwise labels would be those of the folders, and
   * what the metadata says would be ignored.
   */
  private void requireNoMetadata(JavaRDD<Row> rows) {
    List<String> met = MetadataFiles.in(rows).takeOrdered(1);
    if (!met.isEmpty()) {
      throw new UserException(
          "--input '"
              + root
              + "' has metadata further down than it is looked for, in '"
              + met.get(0)
              + "'; give the folder that it is in as --input, or the one above if that is a split,"
              + " or pass --format folder to go by the names of folders");
    }
  }

  /** Lists everything below the folder, without labels and splits. */
  JavaRDD<Row> walk(SparkSession spark) {
    SerializableConfiguration configuration =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    String from = root.toString();
    List<Tuple2<String, Boolean>> work = new ArrayList<>();
    plan(configuration.value(), root, 0, work);
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(work, Math.min(work.size(), MAX_TASKS))
        .flatMap(folder -> rows(configuration, new Path(from), folder._1, folder._2));
  }

  /** Collects pairs of a folder and whether to descend from it. */
  private void plan(
      Configuration configuration, Path folder, int depth, List<Tuple2<String, Boolean>> work) {
    work.add(new Tuple2<>(folder.toString(), false));
    List<Path> below = new ArrayList<>();
    for (Iterator<Found> all = FolderEntries.of(root, folder, configuration); all.hasNext(); ) {
      Found entry = all.next();
      if (entry.isFolder() && !FolderLayout.isHiddenFolder(entry.path().getName())) {
        below.add(entry.path());
      }
    }
    for (Path path : below) {
      // Few folders with much in them would be few tasks.
      boolean few = below.size() == 1 || FolderLayout.splitNamed(path.getName()) != null;
      if (few && depth < MAX_DEPTH) {
        plan(configuration, path, depth + 1, work);
      } else {
        work.add(new Tuple2<>(path.toString(), true));
      }
    }
  }

  private static Iterator<Row> rows(
      SerializableConfiguration configuration, Path root, String folder, boolean recursive) {
    Iterator<Found> files = new FileWalk(configuration.value(), root, new Path(folder), recursive);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return files.hasNext();
      }

      @Override
      public Row next() {
        return row(root, files.next());
      }
    };
  }

  private static Row row(Path root, Found found) {
    String name = ImageName.of(root, found.path());
    String path = found.path().toString();
    if (found.problem() != null) {
      return Listing.problem(name, found.problem());
    }
    String relative = ImageName.relative(root, found.path());
    if (found.skipped() != null) {
      // An empty folder is one in the layout; all else counts in the folder that it is in.
      boolean folder = found.skipped() == SkipReason.EMPTY_FOLDER;
      return Listing.within(
          Listing.skipped(name, path, found.skipped(), found.detail()),
          folder ? relative + "/" : relative);
    }
    SkipReason left = FileNames.left(found.path().getName()).orElse(null);
    Row row;
    if (left != null) {
      row = Listing.skipped(name, path, left, null);
    } else if (found.detail() != null) {
      row = Listing.unreadable(name, path, found.bytes(), found.modified(), found.detail());
    } else {
      row = Listing.file(name, path, null, null, 0, found.bytes(), found.modified());
    }
    return Listing.within(row, relative);
  }
}
