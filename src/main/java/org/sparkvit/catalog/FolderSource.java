package org.sparkvit.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.table.ImageName;
import scala.Tuple2;

/**
 * An image folder; see {@link FolderLayout}.
 *
 * <p>The driver lists the folders of the first level, and of the second below a split; the files
 * are listed by Spark tasks, one per such folder. So the driver holds a line per class however many
 * images there are, and S3 is asked by many tasks at once. Length and time come with the listing.
 *
 * @param root fully qualified
 * @param config whether folders are classes, and what their layout is
 * @param decisions takes the layout that was decided
 */
record FolderSource(Path root, CatalogConfig config, Decisions decisions) implements Source {
  private static final int MAX_TASKS = 2_000;
  private static final int MAX_DEPTH = 2;

  @Override
  public Dataset<Row> list(SparkSession spark) {
    SerializableConfiguration configuration =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    String from = root.toString();
    List<Tuple2<String, Boolean>> work = new ArrayList<>();
    try {
      plan(root.getFileSystem(configuration.value()), root, 0, work);
    } catch (IOException e) {
      throw new UncheckedIOException("listing " + root, e);
    }
    JavaRDD<Row> walked =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(work, Math.min(work.size(), MAX_TASKS))
            .flatMap(folder -> rows(configuration, new Path(from), folder._1, folder._2));
    return FolderLayout.place(spark, walked, from, config, decisions);
  }

  /** Pairs of a folder and whether to descend from it. */
  private static void plan(
      FileSystem fs, Path folder, int depth, List<Tuple2<String, Boolean>> work)
      throws IOException {
    work.add(new Tuple2<>(folder.toString(), false));
    List<Path> below = new ArrayList<>();
    RemoteIterator<FileStatus> entries = fs.listStatusIterator(folder);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      if (entry.isDirectory() && !FolderLayout.isHiddenFolder(entry.getPath().getName())) {
        below.add(entry.getPath());
      }
    }
    for (Path path : below) {
      // Few folders with much in them would be few tasks.
      boolean few = below.size() == 1 || FolderLayout.splitNamed(path.getName()) != null;
      if (few && depth < MAX_DEPTH) {
        plan(fs, path, depth + 1, work);
      } else {
        work.add(new Tuple2<>(path.toString(), true));
      }
    }
  }

  private static Iterator<Row> rows(
      SerializableConfiguration configuration, Path root, String folder, boolean recursive)
      throws IOException {
    Path path = new Path(folder);
    Iterator<FileStatus> files =
        new FileWalk(path.getFileSystem(configuration.value()), path, recursive);
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

  private static Row row(Path root, FileStatus file) {
    String name = ImageName.of(root, file.getPath());
    String path = file.getPath().toString();
    Row row =
        file.isDirectory() || FolderLayout.isHiddenFile(file.getPath().getName())
            ? Listing.skipped(name, path, SkipReason.HIDDEN, null)
            : Listing.file(name, path, null, null, 0, file.getLen(), file.getModificationTime());
    return Listing.within(row, ImageName.relative(root, file.getPath()));
  }
}
