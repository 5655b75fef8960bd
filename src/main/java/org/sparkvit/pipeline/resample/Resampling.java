package org.sparkvit.pipeline.resample;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.schema.ResampledTable;

/** Embeddings of a train split to points to add and images to go without. */
final class Resampling {
  private final ResampleConfig config;
  private final Progress progress;

  Resampling(ResampleConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /**
   * Resamples.
   *
   * @param points {@link Neighbors#ID}, {@code label}, {@link Neighbors#POINT}; persisted
   * @return rows of {@link ResampledTable} but for model and precision
   */
  Dataset<Row> resample(Dataset<Row> points) {
    Map<String, Long> sizes = sizes(points);
    if (sizes.size() < 2) {
      throw new UserException(
          "the train split has images of the class " + sizes.keySet() + " only; two are needed");
    }
    Cleaning cleaning = Cleaning.valueOf(constant(config.cleaning()));
    String smallest =
        sizes.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
    Dataset<Row> around = around(points).persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> removed = cleaning.of(around, smallest).persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> kept =
        points
            .join(removed.select("id"), new String[] {"id"}, "left_anti")
            .persist(StorageLevel.MEMORY_AND_DISK());
    if (cleaning != Cleaning.NONE) {
      progress.say(
          String.format(
              Locale.ROOT,
              "resample: %s removes %,d of %,d images",
              config.cleaning(),
              removed.count(),
              points.count()));
    }
    Dataset<Row> result =
        removed.select(
            col("id"),
            col(ResampledTable.LABEL),
            lit(ResampledTable.REMOVED).as(ResampledTable.KIND),
            lit(cleaning.method()).as(ResampledTable.METHOD),
            lit(null).cast("string").as(ResampledTable.PARENT),
            lit(null).cast("string").as(ResampledTable.NEIGHBOR),
            lit(null).cast("double").as(ResampledTable.LAMBDA),
            lit(null).cast("array<float>").as(ResampledTable.EMBEDDING));
    for (Dataset<Row> made :
        config.makesPoints() ? synthetic(kept, around) : List.<Dataset<Row>>of()) {
      result =
          result.unionByName(
              made.withColumn(ResampledTable.KIND, lit(ResampledTable.SYNTHETIC))
                  .withColumn(ResampledTable.METHOD, lit(config.method().replace('-', '_'))));
    }
    return result;
  }

  /** The constant that an option's value names. */
  private static String constant(String value) {
    return value.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static Map<String, Long> sizes(Dataset<Row> points) {
    Map<String, Long> sizes = new TreeMap<>();
    points
        .groupBy(ResampledTable.LABEL)
        .count()
        .collectAsList()
        .forEach(row -> sizes.put(row.getString(0), row.getLong(1)));
    return sizes;
  }

  /** The nearest of all classes, with both labels. */
  private Dataset<Row> around(Dataset<Row> points) {
    Dataset<Row> labels = points.select("id", ResampledTable.LABEL);
    return new Neighbors(Oversampling.BORDER, config.seed())
        .find(points.select(Neighbors.ID, Neighbors.POINT))
        .join(labels, "id")
        .join(labels.toDF(Neighbors.NEIGHBOR, "other_label"), Neighbors.NEIGHBOR);
  }

  private List<Dataset<Row>> synthetic(Dataset<Row> kept, Dataset<Row> around) {
    Oversampling oversampling =
        new Oversampling(Oversampling.Method.valueOf(constant(config.method())), config.seed());
    Map<String, Long> sizes = sizes(kept);
    long largest = sizes.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    long target = (long) Math.ceil(largest * config.ratio());
    List<Dataset<Row>> all = new ArrayList<>();
    sizes.forEach(
        (label, size) -> {
          if (size >= target) {
            return;
          }
          if (size < 2) {
            progress.say(
                "resample: class '"
                    + label
                    + "' has one image, between which and another no point can be made");
            return;
          }
          Dataset<Row> made =
              oversampling
                  .oversample(kept, around.drop(ResampledTable.LABEL), label, target - size)
                  .persist(StorageLevel.MEMORY_AND_DISK());
          long count = made.count();
          progress.say(
              count == 0
                  ? "resample: no image of class '" + label + "' is at a border with others"
                  : String.format(
                      Locale.ROOT,
                      "resample: class '%s' has %,d images, and %,d points by %s",
                      label,
                      size,
                      count,
                      config.method()));
          all.add(made);
        });
    return all;
  }
}
