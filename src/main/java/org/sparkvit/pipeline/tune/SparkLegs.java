package org.sparkvit.pipeline.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.sparkvit.training.loop.RemoteTraining;
import org.sparkvit.training.recipe.Recipe;

/** Trains each leg in one Spark job with a single task, which has all images. */
final class SparkLegs implements Study.Legs {
  private final JavaSparkContext spark;
  private final String group;
  private final JavaRDD<Row> images;
  private final RemoteTraining training;
  private final FileSystem fs;
  private final Path folder;

  /**
   * Creates the legs of a study.
   *
   * @param group the name of the job group, and of the images in executors
   * @param images all images in one partition
   * @param folder the folder of the study
   */
  SparkLegs(
      JavaSparkContext spark,
      String group,
      JavaRDD<Row> images,
      RemoteTraining training,
      FileSystem fs,
      Path folder) {
    this.spark = spark;
    this.group = group;
    this.images = images;
    this.training = training;
    this.fs = fs;
    this.folder = folder;
  }

  @Override
  public RemoteTraining.Leg run(int trial, Recipe recipe, int until) {
    spark.setJobGroup(group, "trial " + trial + " to epoch " + until, true);
    return train(training, images, recipe, until, states(trial).toString());
  }

  /** Trains one leg. The method is static, so that the task gets no more than it needs. */
  private static RemoteTraining.Leg train(
      RemoteTraining training, JavaRDD<Row> images, Recipe recipe, int until, String states) {
    return images
        .mapPartitions(part -> List.of(training.run(part, recipe, until, states)).iterator())
        .collect()
        .get(0);
  }

  @Override
  public void cancel() {
    spark.cancelJobGroup(group);
  }

  @Override
  public void forget(int trial) {
    try {
      fs.delete(states(trial), true);
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + states(trial), e);
    }
  }

  /**
   * Makes the executors free the images. An executor that no task reaches frees them when it ends.
   */
  void release() {
    String name = group;
    spark.parallelize(List.of(1, 2, 3, 4), 4).foreach(i -> RemoteTraining.release(name));
  }

  private Path states(int trial) {
    return new Path(folder, "trial-" + trial);
  }
}
