package org.sparkvit.training.recipe;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OptionSpec;
import org.sparkvit.core.options.Options;
import org.sparkvit.core.options.SeedOption;
import org.sparkvit.dataset.query.StableRank;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * A policy for balancing the classes of a train split. Sampling comes first; weights then correct
 * the imbalance that it leaves. The same policy applied to other labels gives the plan of those
 * labels.
 *
 * @param sampling the kind of sampling
 * @param ratio the target of over- and under-sampling: smallest over largest class, above 0 up to 1
 * @param weights the kind of class weights in the loss
 * @param beta the parameter of {@link Weights#EFFECTIVE}, from 0 (all equal) to below 1 (towards
 *     inverse)
 * @param seed the seed that decides which images are drawn
 */
public record BalancePolicy(
    @Option(
            standard = "none",
            help =
                "oversample shows images of small classes several times, undersample leaves out"
                    + " images of large ones.")
        Sampling sampling,
    @Option(
            standard = "1",
            least = 0,
            aboveLeast = true,
            greatest = 1,
            help =
                "What sampling aims for: the size of the smallest class over that of the largest;"
                    + " 1 makes all equal.")
        BigDecimal ratio,
    @Option(
            standard = "inverse",
            help =
                "Weight of an image in the loss. inverse is in proportion to 1/n, n being how often"
                    + " its class is shown; effective to (1-beta)/(1-beta^n). The weights of the K"
                    + " classes sum to K, so 1 is neutral.")
        Weights weights,
    @Option(
            standard = "0.9999",
            least = 0,
            greatest = 1,
            belowGreatest = true,
            help = "With --weights effective: 0 weighs all alike, close to 1 is inverse.")
        double beta,
    @SeedOption long seed) {

  /** The kind of sampling. */
  public enum Sampling {
    /** Shows every image once. */
    NONE,
    /** Shows images of small classes several times. */
    OVERSAMPLE,
    /** Leaves out some images of large classes. */
    UNDERSAMPLE
  }

  /** The kind of class weights in the loss. The weights of the K classes sum to K. */
  public enum Weights {
    /** All weights are 1. */
    NONE,
    /**
     * Weights are proportional to 1 / n, where n is the number of samples of the class in an epoch.
     */
    INVERSE,
    /**
     * Weights are proportional to (1 - beta) / (1 - beta^n), the inverse of the effective number of
     * samples (Cui et al. 2019, arXiv 1901.05555).
     */
    EFFECTIVE
  }

  /** Checks that a ratio is given only where sampling needs it. */
  public BalancePolicy {
    Objects.requireNonNull(sampling);
    Objects.requireNonNull(weights);
    if (sampling == Sampling.NONE && ratio.compareTo(BigDecimal.ONE) != 0) {
      throw new UserException(
          "--ratio is "
              + ratio.toPlainString()
              + ", but nothing is sampled; add --sampling oversample or undersample");
    }
  }

  /**
   * Returns the policy that a run followed.
   *
   * @param record the record of the run that wrote a plan
   * @return the policy, or empty where the record does not name one, as for a plan that a person
   *     made
   */
  public static Optional<BalancePolicy> read(JsonNode record) {
    JsonNode config = record.path("config");
    if (!config.path("sampling").isTextual() || !config.path("weights").isTextual()) {
      return Optional.empty();
    }
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (OptionSpec option : Options.list(BalancePolicy.class)) {
      given.put(option.name(), List.of(config.path(option.name()).asText()));
    }
    return Optional.of(Options.read(BalancePolicy.class, given));
  }

  /**
   * Computes the plan of each class.
   *
   * @param train the images to train on, with {@code label}
   * @throws UserException when they have fewer than two classes
   */
  public SortedMap<String, ClassPlan> classes(Dataset<Row> train) {
    SortedMap<String, Long> sizes = new TreeMap<>();
    for (Row row : train.groupBy(SplitsTable.LABEL).count().collectAsList()) {
      sizes.put(row.getString(0), row.getLong(1));
    }
    if (sizes.size() < 2) {
      String found =
          sizes.isEmpty() ? "has no image" : "has images of the class " + sizes.keySet() + " only";
      throw new UserException(
          "the train split "
              + found
              + "; it needs two classes or more: run 'spark-vit split --overwrite' with a larger"
              + " --train, or catalog more images");
    }
    return ClassPlan.of(sizes, this);
  }

  /**
   * Computes the plan of each image.
   *
   * @param train the images to train on, with {@code id} and {@code label}
   * @param classes the plans that {@link #classes} gives for them
   * @return the rows of {@link PlanTable}, one for each image
   */
  public Dataset<Row> plan(Dataset<Row> train, SortedMap<String, ClassPlan> classes) {
    StructType schema =
        new StructType()
            .add(SplitsTable.LABEL, DataTypes.StringType, false)
            .add("class_copies", DataTypes.IntegerType, false)
            .add("class_extra", DataTypes.LongType, false)
            .add(PlanTable.WEIGHT, DataTypes.DoubleType, false);
    List<Row> rows = new ArrayList<>();
    classes.forEach(
        (label, c) -> rows.add(RowFactory.create(label, c.copies(), c.extra(), c.weight())));
    Dataset<Row> perClass = train.sparkSession().createDataFrame(rows, schema);
    return StableRank.withinLabel(
            train.select(SplitsTable.ID, SplitsTable.LABEL),
            SplitsTable.ID,
            SplitsTable.LABEL,
            seed,
            "balance")
        .join(broadcast(perClass), SplitsTable.LABEL)
        .select(
            col(SplitsTable.ID).as(PlanTable.ID),
            col(SplitsTable.LABEL).as(PlanTable.LABEL),
            col("class_copies")
                .plus(when(col(StableRank.RANK).leq(col("class_extra")), lit(1)).otherwise(lit(0)))
                .as(PlanTable.COPIES),
            col(PlanTable.WEIGHT));
  }
}
