package org.sparkvit.training.loop;

import java.nio.file.Path;
import java.util.function.Predicate;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.stats.metrics.Evaluation;

/** Where the steps of a training are taken: in this JVM, or by workers across a cluster. */
public interface TrainingBackend extends AutoCloseable {

  /** Tells the data apart from others: ids, labels, weights, copies and splits. */
  String dataHash();

  /** Steps in an epoch. */
  long stepsPerEpoch();

  /** Steps taken, in all epochs. */
  long steps();

  /** Returns the learning rate of the last step. */
  double learningRate();

  /**
   * Takes what is left of an epoch's steps.
   *
   * @param epoch its number, from 1
   * @param done steps of it that were taken before
   * @param goesOn sees each step, and says whether there is to be a next one
   */
  void learn(int epoch, long done, Predicate<Step> goesOn);

  /** Measures the model on the validation split. */
  Evaluation evaluate();

  /** Returns a copy of what {@link #evaluate} measures. */
  Checkpoint evaluated();

  /** Writes the weights as a model directory, and what else it takes to go on. */
  void save(Path directory);

  @Override
  void close();
}
