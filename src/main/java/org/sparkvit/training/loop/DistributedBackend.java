package org.sparkvit.training.loop;

import static org.apache.spark.sql.functions.col;

import ai.djl.Device;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.SafeTensors;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.training.data.Example;
import org.sparkvit.training.data.ExecutorImages;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.data.TrainingSet;
import org.sparkvit.training.recipe.Diloco;
import org.sparkvit.training.recipe.Recipe;
import scala.Tuple2;

/**
 * A backend that trains with workers across the cluster, see {@link Diloco}. A step of this backend
 * is a round: one Spark stage with a task for each worker. An image belongs to the same worker
 * throughout, by a hash of its id. A lost executor costs its workers' part of the round, which
 * other executors repeat with the same result.
 */
public final class DistributedBackend implements TrainingBackend {
  /** The prefix of the folders of the states that workers leave after a round. */
  static final String ROUND = "round-";

  static final String WORKERS = "workers";
  private static final String OUTER = "outer.safetensors";
  private static final String VELOCITY = "velocity";

  /**
   * The largest change of a weight by AdamW, in learning rates: (1 - beta1) / sqrt(1 - beta2) =
   * 3.17, rounded up.
   */
  private static final double MOST_RATES = 3.2;

  /** Sorts images so that neighbours in a shard or in a Parquet file follow one another. */
  private static final Comparator<Row> AS_STORED = ImageLocations.comparator();

  private final Setup setup;
  private final Recipe recipe;
  private final Checkpoint start;
  private final WorkerRound work;
  private final JavaRDD<Share> shares;
  private final LearningRate rates;
  private final long roundsPerEpoch;
  private final String dataHash;
  private final float[] weights;
  private final OuterOptimizer outer;
  private final org.apache.hadoop.fs.Path states;
  private long round;
  private long lastSaved;
  private boolean toldUnreadable;

  /**
   * The inputs of a distributed training.
   *
   * @param rows the images
   * @param placed the same images with the columns of {@link org.sparkvit.loading.ImageLocations};
   *     those of the train split go to the workers
   * @param validation the validation images, which the driver reads and evaluates on
   * @param input the preparation of the images
   * @param diloco the settings of the workers' cooperation
   * @param device the device of workers and driver: {@code auto}, {@code cpu} or {@code gpu}
   * @param precision the name of the precision
   * @param decodeThreads the number of decoding threads of each worker
   * @param folder the URI of the folder for the states of the training
   */
  public record Setup(
      SparkSession spark,
      TrainingRows rows,
      Dataset<Row> placed,
      TrainingSet validation,
      Labels labels,
      PreprocessSpec input,
      Diloco diloco,
      String device,
      String precision,
      int decodeThreads,
      String folder,
      Progress progress) {}

  /** The rows of one worker. */
  private record Share(int worker, List<Row> rows) implements Serializable {}

  private DistributedBackend(
      Setup setup, Recipe recipe, Checkpoint start, JavaRDD<Share> shares, String dataHash) {
    this.setup = setup;
    this.recipe = recipe;
    this.start = start;
    this.shares = shares;
    this.dataHash = dataHash;
    Diloco diloco = setup.diloco();
    long perRound = recipe.imagesPerStep() * diloco.innerSteps() * diloco.workers();
    this.roundsPerEpoch = (setup.rows().samplesPerEpoch() + perRound - 1) / perRound;
    long stepsPerEpoch = roundsPerEpoch * diloco.innerSteps();
    this.rates =
        new LearningRate(recipe.schedule(), stepsPerEpoch, stepsPerEpoch * recipe.epochs());
    this.weights = FlatWeights.of(start);
    this.outer =
        new OuterOptimizer(
            diloco.outerLearningRate(), diloco.outerMomentum(), new float[weights.length]);
    this.states = new org.apache.hadoop.fs.Path(setup.folder(), WORKERS);
    this.work =
        new WorkerRound(
            UUID.randomUUID().toString(),
            diloco.workers(),
            diloco.innerSteps(),
            recipe,
            rates,
            setup.labels().names(),
            start.config(),
            start.preprocessor(),
            setup.input(),
            new CatalogImages(new ImageFiles(setup.spark())),
            setup.decodeThreads(),
            setup.device(),
            setup.precision(),
            states.toString(),
            new SerializableConfiguration(setup.spark().sparkContext().hadoopConfiguration()));
  }

  /**
   * Distributes the images among the workers.
   *
   * @param start a checkpoint with these labels
   * @param state a directory that {@link #save} wrote, from which the training goes on instead of
   *     the start
   * @throws UserException when a worker would have no image, or the recipe has a setting that
   *     workers do not support
   */
  public static DistributedBackend open(
      Setup setup, Recipe recipe, Checkpoint start, Optional<Path> state) {
    if (recipe.regularization().averageDecay() > 0) {
      throw new UserException(
          "--ema-decay goes with one worker only; the outer momentum of --workers averages too");
    }
    JavaRDD<Share> shares = shares(setup, recipe.seed());
    shares.persist(StorageLevel.MEMORY_AND_DISK());
    List<Tuple2<Integer, Integer>> sizes =
        shares.map(share -> new Tuple2<>(share.worker(), share.rows().size())).collect();
    if (sizes.stream().anyMatch(size -> size._2() == 0)) {
      throw new UserException(
          "--workers is "
              + setup.diloco().workers()
              + ", but there are only "
              + sizes.stream().mapToInt(Tuple2::_2).sum()
              + " images to train on, and some worker would have none; use fewer");
    }
    DistributedBackend backend =
        new DistributedBackend(
            setup,
            recipe,
            state.map(ModelDirectory::read).orElse(start),
            shares,
            hash(setup, shares));
    state.ifPresent(backend::load);
    setup
        .progress()
        .say(
            String.format(
                Locale.ROOT,
                "train: %d workers, %d rounds an epoch of %d steps each; %.1f MB a round of weights"
                    + " and moves between driver and executors",
                setup.diloco().workers(),
                backend.roundsPerEpoch,
                setup.diloco().innerSteps(),
                backend.bytesPerRound() / 1e6));
    return backend;
  }

  private static JavaRDD<Share> shares(Setup setup, long seed) {
    int workers = setup.diloco().workers();
    Dataset<Row> train = setup.placed().where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    return train
        .toJavaRDD()
        .mapToPair(row -> new Tuple2<>(worker(row.getAs(ImagesTable.ID), seed, workers), row))
        .partitionBy(new HashPartitioner(workers))
        .mapPartitionsWithIndex(DistributedBackend::share, true);
  }

  private static Iterator<Share> share(int worker, Iterator<Tuple2<Integer, Row>> rows) {
    List<Row> sorted = new ArrayList<>();
    rows.forEachRemaining(row -> sorted.add(row._2()));
    sorted.sort(AS_STORED);
    return List.of(new Share(worker, sorted)).iterator();
  }

  /** Returns the number of the worker that an image belongs to. */
  static int worker(String id, long seed, int workers) {
    return (int) Math.floorMod(StableHash.hash64(seed, "worker", id), (long) workers);
  }

  private static String hash(Setup setup, JavaRDD<Share> shares) {
    List<String> names = setup.labels().names();
    long train = shares.map(share -> hash(share.rows(), new Labels(names))).reduce(Long::sum);
    return setup.validation().hash() + "-" + Long.toHexString(train);
  }

  private static long hash(List<Row> rows, Labels labels) {
    long sum = 0;
    for (Row row : rows) {
      Example example =
          new Example(
              row.getAs(ImagesTable.ID),
              labels.index(row.getAs(SplitsTable.LABEL)),
              (float) row.<Double>getAs(PlanTable.WEIGHT).doubleValue(),
              row.<Integer>getAs(PlanTable.COPIES),
              0);
      sum += example.hash(SplitsTable.TRAIN);
    }
    return sum;
  }

  @Override
  public String dataHash() {
    return dataHash;
  }

  @Override
  public long stepsPerEpoch() {
    return roundsPerEpoch;
  }

  @Override
  public long steps() {
    return round;
  }

  @Override
  public double learningRate() {
    return rates.at(Math.max(0, round * setup.diloco().innerSteps() - 1));
  }

  @Override
  public void learn(int epoch, long done, Predicate<Step> goesOn) {
    for (long i = done; i < roundsPerEpoch; i++) {
      if (!goesOn.test(takeRound(epoch))) {
        return;
      }
    }
  }

  private Step takeRound(int epoch) {
    JavaSparkContext context = new JavaSparkContext(setup.spark().sparkContext());
    context.setJobDescription("training round " + (round + 1));
    double unit = PseudoGradients.unit(most(), setup.diloco().workers());
    Broadcast<float[]> before = context.broadcast(weights);
    Broadcast<WorkerRound> how = context.broadcast(work);
    long number = round;
    try {
      PseudoGradients pseudoGradients =
          shares.treeAggregate(
              new PseudoGradients(),
              (sum, share) ->
                  sum.add(
                      how.value().run(number, before.value(), unit, share.worker(), share.rows())),
              PseudoGradients::add,
              2);
      return apply(epoch, pseudoGradients);
    } finally {
      before.destroy();
      how.destroy();
      context.setJobDescription(null);
    }
  }

  /** Returns a bound on the change of a weight in the next round, with a margin of two. */
  private double most() {
    double sum = 0;
    for (int i = 0; i < setup.diloco().innerSteps(); i++) {
      sum += rates.at(round * setup.diloco().innerSteps() + i);
    }
    float largest = 0;
    for (float weight : weights) {
      largest = Math.max(largest, Math.abs(weight));
    }
    double decay = recipe.regularization().weightDecay();
    return 2 * sum * (MOST_RATES + decay * (largest + 2 * sum * MOST_RATES));
  }

  private Step apply(int epoch, PseudoGradients pseudoGradients) {
    outer.step(weights, pseudoGradients);
    long images = 0;
    double weight = 0;
    double loss = 0;
    double norm = 0;
    int steps = 0;
    long unreadable = 0;
    for (PseudoGradients.WorkerFigures worker : pseudoGradients.figures()) {
      images += worker.images();
      weight += worker.weight();
      loss += worker.loss();
      norm += worker.norm();
      steps += worker.steps();
      unreadable += worker.unreadable();
    }
    round++;
    if (unreadable > 0 && !toldUnreadable) {
      toldUnreadable = true;
      setup
          .progress()
          .say(
              String.format(
                  Locale.ROOT,
                  "train: warning: %,d train images cannot be read and are left out",
                  unreadable));
    }
    return new Step(
        epoch, round, Math.toIntExact(images), weight, loss / weight, learningRate(), norm / steps);
  }

  /**
   * Returns the number of bytes that a round moves over the network. The weights go to every
   * executor that has workers, at most as many as workers, and the pseudo-gradients of every worker
   * come back.
   */
  public long bytesPerRound() {
    return 2L * setup.diloco().workers() * weights.length * Float.BYTES;
  }

  @Override
  public Evaluation evaluate() {
    Device device = PyTorchRuntime.device(setup.device());
    try (TrainLoop trainLoop =
        TrainLoop.open(
            recipe,
            setup.labels(),
            setup.validation().cache(),
            evaluated(),
            device,
            Precision.of(setup.precision(), device))) {
      return trainLoop.evaluate(setup.validation().validation());
    }
  }

  @Override
  public Checkpoint evaluated() {
    return FlatWeights.toCheckpoint(start.config(), start.preprocessor(), weights);
  }

  @Override
  public void save(Path directory) {
    ModelDirectory.write(directory, evaluated());
    SafeTensors.write(
        directory.resolve(OUTER),
        Map.of("round", Long.toString(round)),
        Map.of(VELOCITY, Tensor.of(outer.velocity(), outer.velocity().length)));
    // The former state is kept until this one has arrived. It needs what the workers left in its
    // own last round.
    deleteStatesBefore(lastSaved - 1);
    lastSaved = round;
  }

  private void load(Path directory) {
    SafeTensors saved = SafeTensors.read(directory.resolve(OUTER));
    Tensor velocity = saved.tensors().get(VELOCITY);
    if (velocity == null || velocity.elements() != weights.length) {
      throw new UserException(directory.resolve(OUTER) + " is not the state of this model");
    }
    System.arraycopy(velocity.toFloats(), 0, outer.velocity(), 0, weights.length);
    round = Long.parseLong(saved.metadata().get("round"));
    lastSaved = round;
  }

  /**
   * Deletes the states that workers left in earlier rounds. They are of no use once a later state
   * is saved.
   */
  private void deleteStatesBefore(long kept) {
    try {
      FileSystem fs = states.getFileSystem(setup.spark().sparkContext().hadoopConfiguration());
      for (FileStatus folder : Presence.list(fs, states)) {
        String name = folder.getPath().getName();
        if (name.startsWith(ROUND) && Long.parseLong(name.substring(ROUND.length())) < kept) {
          fs.delete(folder.getPath(), true);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("deleting old states in " + states, e);
    }
  }

  @Override
  public void close() {
    String training = work.training();
    shares.foreach(share -> ExecutorImages.release(training));
    shares.unpersist();
  }
}
