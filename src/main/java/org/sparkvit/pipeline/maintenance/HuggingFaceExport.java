package org.sparkvit.pipeline.maintenance;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.PlacedRows;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.loading.ParquetCell;
import org.sparkvit.pipeline.stage.StageContext;
import scala.Tuple2;

/**
 * Writes the images with their current labels and splits as Hugging Face's {@code datasets} reads
 * them: Parquet files {@code data/train-00000-of-00002.parquet} with the images' own bytes inside.
 *
 * <p>Within a split the images are in the order of their ids, which are hashes, so that each file
 * is a sample. Images inside Parquet files keep their order instead, so that they are read in
 * sequence. Which images a file has depends on their sizes and on nothing else.
 */
final class HuggingFaceExport {
  private static final String DATA = "data";

  /** The folder of what tasks write, of which one attempt's files count. */
  private static final String PARTS = "_parts";

  /** The user's column of the names of images, which {@code catalog} makes of such names. */
  private static final String FILE_NAME = "file_name";

  /** The number of a label that is missing, as data sets of the Hub have it. */
  private static final long NO_LABEL = -1;

  private static final int EXAMPLES = 3;

  private final StageContext context;
  private final Path folder;
  private final long fileBytes;

  /**
   * Creates an export.
   *
   * @param folder the folder of the files, which has been begun
   * @param fileBytes about how many bytes of images a file has
   */
  HuggingFaceExport(StageContext context, Path folder, long fileBytes) {
    this.context = context;
    this.folder = folder;
    this.fileBytes = fileBytes;
  }

  /**
   * A split's files.
   *
   * @param first the index among all files of the first one
   * @param files the number of files
   * @param bytes the number of bytes of all images of the split
   */
  private record Files(int first, int files, long bytes) implements Serializable {
    private int of(long before) {
      return first + (int) Math.min(files - 1, (double) before / bytes * files);
    }
  }

  /**
   * Writes the files.
   *
   * @return the number of images written
   * @throws UserException when there are none
   */
  long write() throws IOException {
    SparkSession spark = context.spark();
    Dataset<Row> images = images();
    List<String> classes = classes(images);
    Dataset<Row> sorted =
        context.cache(
            images
                .withColumn(
                    HuggingFaceFile.LABEL,
                    coalesce(
                        ClassIndex.of(classes).index(col(ImagesTable.LABEL)).cast("long"),
                        lit(NO_LABEL)))
                .orderBy(order()));
    int bytes = sorted.schema().fieldIndex(ImagesTable.BYTES);
    int split = sorted.schema().fieldIndex(SplitsTable.SPLIT);
    // Images and bytes of each split. Arrays, as Kryo, which a session may use for the results of
    // tasks, cannot serialize records.
    List<Map<String, long[]>> parts =
        sorted.javaRDD().mapPartitions(rows -> sum(rows, split, bytes)).collect();
    Map<String, long[]> totals = new TreeMap<>();
    parts.forEach(
        part -> part.forEach((name, size) -> totals.merge(name, size, HuggingFaceExport::plus)));
    if (totals.isEmpty()) {
      throw new UserException(
          "no image can be exported: none is readable, in a split and not left out");
    }
    Map<String, Files> files = new LinkedHashMap<>();
    List<HuggingFaceFile> names = new ArrayList<>();
    totals.forEach((name, size) -> add(name, size, classes, files, names));
    List<Map<String, Long>> starts = starts(parts);
    JavaRDD<Row> placed =
        PlacedRows.move(
            sorted
                .javaRDD()
                .mapPartitionsWithIndex(
                    (part, rows) -> placed(part, rows, starts.get(part), files, split, bytes),
                    true),
            names.size());
    return finish(
        spark
            .createDataFrame(placed, sorted.schema())
            .mapPartitions(
                new HuggingFaceFile.Task(
                    new CatalogImages(new ImageFiles(spark)),
                    new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()),
                    new Path(folder, PARTS).toString(),
                    names),
                Encoders.row(HuggingFaceFile.RESULT))
            .collectAsList());
  }

  /** Returns the images that are written, with their splits and names. */
  private Dataset<Row> images() {
    Dataset<Row> all =
        context
            .labels()
            .where(
                ImagesTable.usable()
                    .and(col(ImagesTable.BYTES).gt(0))
                    .and(col(ImagesTable.SHA256).isNotNull()));
    boolean named =
        Arrays.stream(all.schema().fields())
            .anyMatch(
                field -> field.name().equals(FILE_NAME) && field.dataType() instanceof StringType);
    Dataset<Row> images =
        all.select(
            col(ImagesTable.ID),
            col(ImagesTable.PATH),
            col(ImagesTable.OFFSET),
            col(ImagesTable.BYTES),
            col(ImagesTable.SHA256),
            col(ImagesTable.FORMAT),
            when(ImagesTable.labelled(), col(ImagesTable.LABEL)).as(ImagesTable.LABEL),
            col(ImagesTable.GIVEN_SPLIT),
            (named ? col(FILE_NAME) : lit(null).cast(DataTypes.StringType))
                .as(HuggingFaceFile.NAME));
    Dataset<Row> placed =
        context
            .readIfPresent(SplitsTable.SPEC)
            .map(splits -> inSplits(images, splits))
            .orElseGet(
                () ->
                    images.withColumn(
                        SplitsTable.SPLIT,
                        coalesce(col(ImagesTable.GIVEN_SPLIT), lit(SplitsTable.TRAIN))));
    // Cells are read where they are, in the order in which they are written.
    return ImageLocations.of(context.workspace(), placed.drop(ImagesTable.GIVEN_SPLIT))
        .withColumn(
            ImageLocations.SHARD, when(not(ParquetCell.isCell()), col(ImageLocations.SHARD)));
  }

  private Dataset<Row> inSplits(Dataset<Row> images, Dataset<Row> splits) {
    Dataset<Row> ids = splits.select(col(SplitsTable.ID).as("_split_id"), col(SplitsTable.SPLIT));
    Dataset<Row> both =
        images.join(ids, col(ImagesTable.ID).equalTo(col("_split_id")), "left_outer");
    long unplaced = both.where(col(SplitsTable.SPLIT).isNull()).count();
    if (unplaced > 0) {
      context.record().result("in_no_split", unplaced);
      context.say("%,d images are in no split and are left out", unplaced);
    }
    return both.where(col(SplitsTable.SPLIT).isNotNull()).drop("_split_id");
  }

  private static List<String> classes(Dataset<Row> images) {
    return images
        .where(col(ImagesTable.LABEL).isNotNull())
        .select(ImagesTable.LABEL)
        .distinct()
        .orderBy(ImagesTable.LABEL)
        .as(Encoders.STRING())
        .collectAsList();
  }

  private static Column[] order() {
    Column cell = ParquetCell.isCell();
    return new Column[] {
      col(SplitsTable.SPLIT),
      when(cell, ParquetCell.fileColumn()),
      when(cell, col(ImagesTable.OFFSET)),
      col(ImagesTable.ID)
    };
  }

  private static long[] plus(long[] one, long[] other) {
    return new long[] {one[0] + other[0], one[1] + other[1]};
  }

  private static Iterator<Map<String, long[]>> sum(Iterator<Row> rows, int split, int bytes) {
    Map<String, long[]> sizes = new TreeMap<>();
    rows.forEachRemaining(
        row ->
            sizes.merge(
                row.getString(split), new long[] {1, row.getLong(bytes)}, HuggingFaceExport::plus));
    return List.of(sizes).iterator();
  }

  private void add(
      String split,
      long[] size,
      List<String> classes,
      Map<String, Files> files,
      List<HuggingFaceFile> names) {
    int number = (int) Math.max(1, Math.min(size[0], (size[1] + fileBytes - 1) / fileBytes));
    files.put(split, new Files(names.size(), number, size[1]));
    for (int i = 0; i < number; i++) {
      names.add(
          new HuggingFaceFile(
              String.format(Locale.ROOT, "%s-%05d-of-%05d.parquet", split, i, number),
              classes,
              size[1] / size[0]));
    }
  }

  /** Returns for each partition the number of bytes of each split that come before it. */
  private static List<Map<String, Long>> starts(List<Map<String, long[]>> parts) {
    List<Map<String, Long>> starts = new ArrayList<>();
    Map<String, Long> before = new TreeMap<>();
    for (Map<String, long[]> part : parts) {
      starts.add(new TreeMap<>(before));
      part.forEach((split, size) -> before.merge(split, size[1], Long::sum));
    }
    return starts;
  }

  /** Returns the rows with the index of their file, and their place in the order of all. */
  private static Iterator<Tuple2<Tuple2<Integer, Long>, Row>> placed(
      int part,
      Iterator<Row> rows,
      Map<String, Long> start,
      Map<String, Files> files,
      int split,
      int bytes) {
    Map<String, Long> before = new TreeMap<>(start);
    return new Iterator<>() {
      private long number = (long) part << 40;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Tuple2<Tuple2<Integer, Long>, Row> next() {
        Row row = rows.next();
        String name = row.getString(split);
        int file = files.get(name).of(before.getOrDefault(name, 0L));
        before.merge(name, row.getLong(bytes), Long::sum);
        return PlacedRows.at(file, number++, row);
      }
    };
  }

  /** Gives the files of the attempts that count their names. */
  private long finish(List<Row> results) throws IOException {
    Path data = new Path(folder, DATA);
    FileSystem fs = folder.getFileSystem(context.spark().sparkContext().hadoopConfiguration());
    fs.mkdirs(data);
    long written = 0;
    long leftOut = 0;
    List<String> examples = new ArrayList<>();
    for (Row row : results) {
      Path part = new Path(row.getString(0));
      Path file = new Path(data, row.getString(1));
      if (!fs.rename(part, file)) {
        throw new IOException(part + " cannot be renamed to " + file);
      }
      written += row.getLong(2);
      leftOut += row.getLong(3);
      Optional.ofNullable(row.getString(4)).ifPresent(examples::add);
    }
    fs.delete(new Path(folder, PARTS), true);
    fs.create(new Path(folder, "_SUCCESS")).close();
    context.record().result("files", results.size()).result("left_out", leftOut);
    if (leftOut > 0) {
      context.say(
          "warning: %,d images are left out, run 'spark-vit catalog' again: %s%s",
          leftOut,
          String.join("; ", examples.subList(0, Math.min(EXAMPLES, examples.size()))),
          leftOut > EXAMPLES ? "; ..." : "");
    }
    return written;
  }
}
