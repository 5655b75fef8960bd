package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.stats.metrics.BootstrapAccumulator;
import scala.Tuple2;

/** Fills the {@link BootstrapAccumulator} of every region in one pass over the images. */
final class BootstrapMetrics implements Serializable {
  /**
   * The largest number of classes for which intervals are computed. With more, they would take
   * longer than everything else.
   */
  static final int MAX_CLASSES = 100;

  /**
   * The largest number of classes for which intervals of rankings are computed, for whole splits
   * only.
   */
  static final int MAX_RANKED_CLASSES = 20;

  /** The number of regions that a task holds at a time. */
  private static final int MAX_HELD = 500;

  private final ClassIndex classes;
  private final int resamples;

  private BootstrapMetrics(ClassIndex classes, int resamples) {
    this.classes = classes;
    this.resamples = resamples;
  }

  /**
   * Sums up the images that have a label and a prediction.
   *
   * @param models the classes of each model: those of the model first, then those that only labels
   *     name
   * @return the accumulators by (model, split, slice, slice_value)
   */
  static JavaPairRDD<Row, BootstrapAccumulator> of(
      Dataset<Row> scored, Map<String, List<String>> models, int resamples) {
    BootstrapMetrics each = new BootstrapMetrics(ClassIndex.of(models), resamples);
    return scored
        .where(
            col(ScoredImages.LABEL)
                .isNotNull()
                .and(col(ScoredImages.PREDICTED).isNotNull())
                .and(col(ScoredImages.PROBABILITIES).isNotNull()))
        .select(
            ScoredImages.ID,
            ScoredImages.MODEL,
            ScoredImages.LABEL,
            ScoredImages.PREDICTED,
            ScoredImages.PROBABILITIES,
            EvaluatedImages.REGIONS)
        .javaRDD()
        .mapPartitionsToPair(each::sum)
        .reduceByKey(BootstrapAccumulator::merge);
  }

  private Iterator<Tuple2<Row, BootstrapAccumulator>> sum(Iterator<Row> images) {
    return new Iterator<>() {
      private Iterator<Tuple2<Row, BootstrapAccumulator>> ready =
          List.<Tuple2<Row, BootstrapAccumulator>>of().iterator();

      @Override
      public boolean hasNext() {
        if (!ready.hasNext() && images.hasNext()) {
          ready = some(images);
        }
        return ready.hasNext();
      }

      @Override
      public Tuple2<Row, BootstrapAccumulator> next() {
        return ready.next();
      }
    };
  }

  /** Sums up images until the number of regions reaches the limit. */
  private Iterator<Tuple2<Row, BootstrapAccumulator>> some(Iterator<Row> images) {
    Map<Row, BootstrapAccumulator> held = new HashMap<>();
    int[] weights = new int[resamples + 1];
    while (images.hasNext() && held.size() < MAX_HELD) {
      Row image = images.next();
      String model = image.getString(1);
      List<Float> list = image.getList(4);
      float[] probabilities = new float[list.size()];
      for (int c = 0; c < probabilities.length; c++) {
        probabilities[c] = list.get(c);
      }
      int label = classes.index(model, image.getString(2));
      int prediction = classes.index(model, image.getString(3));
      BootstrapAccumulator.draw(image.getString(0), weights);
      for (Row region : image.<Row>getList(5)) {
        Row kind = region.getStruct(1);
        held.computeIfAbsent(
                RowFactory.create(model, region.getString(0), kind.getString(0), kind.getString(1)),
                key -> fresh(classes.size(model), key))
            .add(probabilities, label, prediction, weights);
      }
    }
    List<Tuple2<Row, BootstrapAccumulator>> sums = new ArrayList<>();
    held.forEach(
        (region, bootstrapAccumulator) -> sums.add(new Tuple2<>(region, bootstrapAccumulator)));
    return sums.iterator();
  }

  private BootstrapAccumulator fresh(int count, Row region) {
    boolean whole = region.getString(2).equals(MetricsTable.ALL);
    return new BootstrapAccumulator(
        count,
        count <= MAX_CLASSES ? resamples : 0,
        resamples > 0 && whole && count <= MAX_RANKED_CLASSES);
  }
}
