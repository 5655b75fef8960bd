package org.sparkvit.pipeline.pack;

import static org.apache.spark.sql.functions.not;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PackedTable;
import org.sparkvit.dataset.workspace.IdRange;
import org.sparkvit.loading.CellException;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.loading.ParquetCell;
import org.sparkvit.loading.Prefetcher;
import org.sparkvit.loading.RetryingImageReader;
import scala.Tuple2;

/** Reads images and writes them, with their rows of the catalog, as one Parquet file a shard. */
final class ShardWriter {
  private static final long MAX_BYTES_AHEAD = 64L << 20;

  /** A row group is in memory as long as it is written. */
  private static final int ROW_GROUP_BYTES = 32 << 20;

  private static final int EXAMPLES = 3;

  private final SparkSession spark;
  private final int readThreads;
  private final LongAccumulator packed;
  private final LongAccumulator skipped;
  private final CollectionAccumulator<String> problems;

  /**
   * @param readThreads threads per task that read
   */
  ShardWriter(SparkSession spark, int readThreads) {
    this.spark = spark;
    this.readThreads = readThreads;
    this.packed = spark.sparkContext().longAccumulator("images");
    this.skipped = spark.sparkContext().longAccumulator("images left out");
    this.problems = spark.sparkContext().collectionAccumulator("why images were left out");
  }

  /**
   * Writes shards. Images that are gone, or are no longer what the catalog saw, are left out.
   *
   * @param images rows of {@link ImagesTable} with a sha256 and a length that an array can have
   * @param shards ranges that follow one another; each that has images becomes one file
   * @param folder which has no shards yet
   */
  void write(Dataset<Row> images, List<IdRange> shards, String folder) {
    String[] starts = shards.stream().map(IdRange::from).toArray(String[]::new);
    StructType schema =
        images.schema().add(PackedTable.CONTENT, DataTypes.BinaryType, /* nullable= */ false);
    Task task =
        new Task(
            new RetryingImageReader(new ImageFiles(spark), RetryingImageReader.FIRST_PAUSE),
            readThreads,
            images.schema().fieldIndex(ImagesTable.PATH),
            images.schema().fieldIndex(ImagesTable.OFFSET),
            images.schema().fieldIndex(ImagesTable.BYTES),
            images.schema().fieldIndex(ImagesTable.SHA256),
            packed,
            skipped,
            problems);
    int id = images.schema().fieldIndex(ImagesTable.ID);
    JavaRDD<Row> sorted =
        JavaPairRDD.fromJavaRDD(
                placed(images, starts.length, task)
                    .map(row -> new Tuple2<>(row.getString(id), row)))
            .repartitionAndSortWithinPartitions(new ByStart(starts))
            .values();
    spark
        .createDataFrame(
            sorted.mapPartitions(rows -> task.contents(rows, image -> task.packed.add(1))), schema)
        .write()
        // What ShardIndex relies on: the bytes of an image as they are, in one piece.
        .option("compression", "uncompressed")
        .option("parquet.enable.dictionary#" + PackedTable.CONTENT, "false")
        .option("parquet.writer.version", "PARQUET_1_0")
        .option("parquet.block.size", ROW_GROUP_BYTES)
        // Sizes are looked at after every image, for a hundred of them can be a gigabyte.
        .option("parquet.page.size.row.check.min", 1)
        .option("parquet.page.size.row.check.max", 16)
        .option("parquet.page.size.check.estimate", "false")
        .option("maxRecordsPerFile", 0)
        .mode(SaveMode.Append)
        .parquet(folder);
  }

  /**
   * Returns the images with their content, or null for those that are read when they are written.
   * Those inside Parquet files are read before they are sorted by their ids, in the order of their
   * rows, as each of them for itself would cost a page.
   */
  private static JavaRDD<Row> placed(Dataset<Row> images, int partitions, Task task) {
    JavaRDD<Row> others =
        images.where(not(ParquetCell.isCell())).javaRDD().map(row -> withContent(row, null));
    Dataset<Row> cells = images.where(ParquetCell.isCell());
    return cells.isEmpty()
        ? others
        : others.union(
            ImageLocations.sorted(cells, partitions)
                .javaRDD()
                .map(row -> withContent(row, null))
                .mapPartitions(rows -> task.contents(rows, image -> {})));
  }

  /** Images written since this was made; some may be counted twice when tasks were. */
  long packed() {
    return packed.value();
  }

  /** Images left out since this was made. */
  long skipped() {
    return skipped.value();
  }

  /** Why, for some of them: path and reason. */
  List<String> problems() {
    return problems.value().stream().sorted().distinct().limit(EXAMPLES).toList();
  }

  /**
   * Returns a row with one more cell, and without the schema, which every row of a Dataset carries
   * into a shuffle of objects.
   */
  private static Row withContent(Row row, byte[] content) {
    Object[] values = new Object[row.length() + 1];
    for (int i = 0; i < row.length(); i++) {
      values[i] = row.get(i);
    }
    values[row.length()] = content;
    return RowFactory.create(values);
  }

  private static final class ByStart extends Partitioner {
    private final String[] starts;

    private ByStart(String[] starts) {
      this.starts = starts;
    }

    @Override
    public int numPartitions() {
      return starts.length;
    }

    @Override
    public int getPartition(Object key) {
      int found = Arrays.binarySearch(starts, key);
      return found >= 0 ? found : Math.max(0, -found - 2);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByStart that && Arrays.equals(that.starts, starts);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(starts);
    }
  }

  /** What was read for one row: the row with its content, or why there is none. */
  private record Read(Row row, String problem) {}

  private record Task(
      RetryingImageReader reader,
      int threads,
      int path,
      int offset,
      int bytes,
      int sha256,
      LongAccumulator packed,
      LongAccumulator skipped,
      CollectionAccumulator<String> problems)
      implements Serializable {

    /**
     * Returns the rows with their content, without those that have none any more.
     *
     * @param done receives each row that is returned
     */
    private Iterator<Row> contents(Iterator<Row> rows, Consumer<Row> done) {
      Prefetcher<Row, Read> read =
          new Prefetcher<>(
              rows, this::read, threads, 4 * threads, row -> row.getLong(bytes), MAX_BYTES_AHEAD);
      TaskCompletionListener closing = context -> read.close();
      TaskContext.get().addTaskCompletionListener(closing);
      return new Iterator<>() {
        private Row next;
        private int told;

        @Override
        public boolean hasNext() {
          while (next == null && read.hasNext()) {
            Read image = read.next();
            next = image.row();
            if (next == null) {
              skipped.add(1);
              if (told++ < EXAMPLES) {
                problems.add(image.problem());
              }
            }
          }
          return next != null;
        }

        @Override
        public Row next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          Row row = next;
          next = null;
          done.accept(row);
          return row;
        }
      };
    }

    private Read read(Row row) {
      int last = row.length() - 1;
      if (!row.isNullAt(last)) {
        return new Read(row, null);
      }
      String name = row.getString(path);
      byte[] content;
      try {
        content = reader.read(name, row.getLong(offset), (int) row.getLong(bytes));
      } catch (FileNotFoundException e) {
        return new Read(null, name + ": is gone");
      } catch (EOFException e) {
        return new Read(null, name + ": is shorter than its catalog entry");
      } catch (CellException e) {
        return new Read(null, name + ": " + e.getMessage());
      }
      if (!StableHash.sha256(content).equals(row.getString(sha256))) {
        return new Read(null, name + ": has changed since the catalog was made");
      }
      Object[] values = new Object[row.length()];
      for (int i = 0; i < last; i++) {
        values[i] = row.get(i);
      }
      values[last] = content;
      return new Read(RowFactory.create(values), null);
    }
  }
}
