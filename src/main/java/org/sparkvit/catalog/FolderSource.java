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
 * @param labelled whether folders are classes
 */
record FolderSource(Path root, boolean labelled) implements Source {
  private static final int MAX_TASKS = 2_000;

  @Override
  public Dataset<Row> list(SparkSession spark) {
    SerializableConfiguration configuration =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    String from = root.toString();
    boolean labelled = this.labelled;
    List<Tuple2<String, Boolean>> work = new ArrayList<>();
    try {
      plan(root.getFileSystem(configuration.value()), root, true, work);
    } catch (IOException e) {
      throw new UncheckedIOException("listing " + root, e);
    }
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(work, Math.min(work.size(), MAX_TASKS))
            .flatMap(folder -> rows(configuration, new Path(from), folder._1, folder._2, labelled)),
        Listing.SCHEMA);
  }

  /** Pairs of a folder and whether to descend from it. */
  private static void plan(
      FileSystem fs, Path folder, boolean splits, List<Tuple2<String, Boolean>> work)
      throws IOException {
    work.add(new Tuple2<>(folder.toString(), false));
    RemoteIterator<FileStatus> entries = fs.listStatusIterator(folder);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      String name = entry.getPath().getName();
      if (!entry.isDirectory() || FolderLayout.isHiddenFolder(name)) {
        continue;
      }
      if (splits && FolderLayout.splitNamed(name) != null) {
        plan(fs, entry.getPath(), false, work);
      } else {
        work.add(new Tuple2<>(entry.getPath().toString(), true));
      }
    }
  }

  private static Iterator<Row> rows(
      SerializableConfiguration configuration,
      Path root,
      String folder,
      boolean recursive,
      boolean labelled)
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
        return row(root, files.next(), labelled);
      }
    };
  }

  private static Row row(Path root, FileStatus file, boolean labelled) {
    String name = ImageName.of(root, file.getPath());
    String path = file.getPath().toString();
    if (file.isDirectory() || FolderLayout.isHiddenFile(file.getPath().getName())) {
      return Listing.skipped(name, path, SkipReason.HIDDEN, null);
    }
    FolderLayout.Place place = FolderLayout.place(ImageName.relative(root, file.getPath()));
    return Listing.file(
        name,
        path,
        labelled ? place.label() : null,
        place.split(),
        0,
        file.getLen(),
        file.getModificationTime());
  }
}
