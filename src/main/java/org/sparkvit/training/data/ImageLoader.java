package org.sparkvit.training.data;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.loading.ImageSource;
import org.sparkvit.loading.Prefetcher;
import org.sparkvit.loading.PreparedImage;

/**
 * Loads images into the driver's pixel cache. The executors read, decode and prepare them exactly
 * as for scoring. Partitions are small and fetched a few at a time, so that the driver's memory
 * holds a bounded part of the data set.
 */
public final class ImageLoader {
  private static final long PARTITION_BYTES = 4L << 20;

  /**
   * The number of partitions that are fetched together, which bounds the number of tasks that run
   * at once. The bound is 128 MiB.
   */
  private static final int PARTITIONS_AT_ONCE = 32;

  private static final long LINE_EVERY_NANOS = 5_000_000_000L;

  private static final StructType PREPARED =
      new StructType()
          .add(ImagesTable.ID, DataTypes.StringType, false)
          .add(SplitsTable.LABEL, DataTypes.StringType, false)
          .add(SplitsTable.SPLIT, DataTypes.StringType, false)
          .add(PlanTable.COPIES, DataTypes.IntegerType, false)
          .add(PlanTable.WEIGHT, DataTypes.DoubleType, false)
          .add("pixels", DataTypes.BinaryType)
          .add("problem", DataTypes.StringType);

  private final SparkSession spark;
  private final Workspace workspace;
  private final PreprocessSpec input;
  private final int decodeThreads;
  private final Progress progress;

  /**
   * Creates a loader.
   *
   * @param workspace the workspace that the images belong to
   * @param input the preparation of the images
   * @param decodeThreads the number of threads per task that read and decode
   */
  public ImageLoader(
      SparkSession spark,
      Workspace workspace,
      PreprocessSpec input,
      int decodeThreads,
      Progress progress) {
    this.spark = spark;
    this.workspace = workspace;
    this.input = input;
    this.decodeThreads = decodeThreads;
    this.progress = progress;
  }

  /**
   * The loaded images.
   *
   * @param data the images that could be read
   * @param unreadable the number of images that could not be read
   */
  public record Loaded(TrainingSet data, long unreadable) {}

  /**
   * Reads the images of the train and validation splits into a cache and seals it.
   *
   * @throws UserException when the images that can be read do not suffice for a training
   */
  public Loaded load(TrainingRows rows, Labels labels, PixelCache cache) {
    Loaded loaded = load(rows.rows(), rows.images(), labels, cache);
    requireTrain(loaded.data().train(), labels);
    return loaded;
  }

  /**
   * Reads the images of the validation split only into a cache and seals it.
   *
   * @throws UserException when none of them can be read
   */
  public Loaded loadValidation(TrainingRows rows, Labels labels, PixelCache cache) {
    Dataset<Row> validation =
        rows.rows().where(col(SplitsTable.SPLIT).equalTo(SplitsTable.VALIDATION));
    return load(validation, rows.validationImages(), labels, cache);
  }

  private Loaded load(Dataset<Row> rows, long images, Labels labels, PixelCache cache) {
    int wanted = partitions(images);
    CatalogImages source = new CatalogImages(new ImageFiles(spark));
    JavaRDD<Row> prepared =
        ImageLocations.inOrder(
                workspace,
                rows,
                wanted,
                unpacked -> unpacked.repartition(wanted, col(ImagesTable.ID)))
            .mapPartitions(task(source, input, decodeThreads), Encoders.row(PREPARED))
            .toJavaRDD();
    int partitions = prepared.getNumPartitions();
    List<Example> train = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    long unreadable = 0;
    long done = 0;
    long begin = System.nanoTime();
    long lastLine = begin;
    for (int first = 0; first < partitions; first += PARTITIONS_AT_ONCE) {
      int[] some =
          IntStream.range(first, Math.min(partitions, first + PARTITIONS_AT_ONCE)).toArray();
      for (List<Row> part : prepared.collectPartitions(some)) {
        for (Row row : part) {
          done++;
          if (row.isNullAt(5)) {
            unreadable++;
            if (problems.size() < 3) {
              problems.add(row.getString(6));
            }
            continue;
          }
          Example example =
              new Example(
                  row.getString(0),
                  labels.index(row.getString(1)),
                  (float) row.getDouble(4),
                  row.getInt(3),
                  cache.append(row.getAs(5)));
          (row.getString(2).equals(SplitsTable.TRAIN) ? train : validation).add(example);
        }
      }
      long now = System.nanoTime();
      if (now - lastLine > LINE_EVERY_NANOS) {
        lastLine = now;
        progress.say(line(done, images, (now - begin) / 1e9));
      }
    }
    cache.seal();
    if (unreadable > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "train: warning: %,d of %,d images cannot be read and are left out: %s%s",
              unreadable,
              images,
              String.join("; ", problems),
              unreadable > problems.size() ? "; ..." : ""));
    }
    if (validation.isEmpty()) {
      throw new UserException(
          "no validation image can be read; check the files, and run 'spark-vit catalog' again");
    }
    return new Loaded(new TrainingSet(train, validation, cache), unreadable);
  }

  private static MapPartitionsFunction<Row, Row> task(
      CatalogImages source, PreprocessSpec input, int threads) {
    return rows -> {
      ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
      Prefetcher<ImageSource.Pending, Row> prepared =
          new Prefetcher<>(
              source.open(rows), image -> prepare(image, decoder, input), threads, 2 * threads);
      TaskCompletionListener close = context -> prepared.close();
      TaskContext.get().addTaskCompletionListener(close);
      return prepared;
    };
  }

  private static Row prepare(
      ImageSource.Pending pending, ImageDecoder decoder, PreprocessSpec input) {
    Row row = pending.row();
    String path = row.getAs(ImagesTable.PATH);
    PreparedImage image =
        PreparedImage.of(pending.content().get(), decoder, input).asCataloged(row);
    return RowFactory.create(
        row.getAs(ImagesTable.ID),
        row.getAs(SplitsTable.LABEL),
        row.getAs(SplitsTable.SPLIT),
        row.getAs(PlanTable.COPIES),
        row.getAs(PlanTable.WEIGHT),
        image.pixels(),
        image.isUsable() ? null : path + " (" + image.status() + ": " + image.reason() + ")");
  }

  private int partitions(long images) {
    long bySize = (images * input.bytes() + PARTITION_BYTES - 1) / PARTITION_BYTES;
    return (int) Math.min(images, Math.max(bySize, spark.sparkContext().defaultParallelism()));
  }

  private static String line(long done, long images, double seconds) {
    long left = Math.round(seconds * (images - done) / done);
    return String.format(
        Locale.ROOT,
        "train: %,d of %,d images read (%.0f/s), about %d:%02d left",
        done,
        images,
        done / seconds,
        left / 60,
        left % 60);
  }

  private static void requireTrain(List<Example> train, Labels labels) {
    boolean[] present = new boolean[labels.size()];
    train.forEach(example -> present[example.label()] = true);
    for (int c = 0; c < present.length; c++) {
      if (!present[c]) {
        throw new UserException(
            "no train image of class '"
                + labels.name(c)
                + "' can be read; check the files, and run 'spark-vit catalog' again");
      }
    }
  }
}
