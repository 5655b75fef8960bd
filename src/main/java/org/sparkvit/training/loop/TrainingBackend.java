package org.sparkvit.training.loop;

import java.nio.file.Path;
import java.util.function.Predicate;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.stats.metrics.Evaluation;

/** Takes the steps of a training, in this JVM or by workers across a cluster. */
public interface TrainingBackend extends AutoCloseable {

  /** Returns a hash that identifies the data: ids, labels, weights, copies and splits. */
  String dataHash();

  /** Returns the number of steps in an epoch. */
  long stepsPerEpoch();

  /** Returns the number of steps taken in all epochs. */
  long steps();

  /** Returns the learning rate of the last step. */
  double learningRate();

  /**
   * Takes the rest of an epoch's steps.
   *
   * @param epoch the number of the epoch, from 1
   * @param done the number of its steps that were taken before
   * @param goesOn receives each step, and returns whether to take a next one
   */
  void learn(int epoch, long done, Predicate<Step> goesOn);

  /** Evaluates the model on the validation split. */
  Evaluation evaluate();

  /** Returns a copy of the weights that {@link #evaluate} uses. */
  Checkpoint evaluated();

  /** Writes the weights as a model directory, and everything else that is needed to go on. */
  void save(Path directory);

  @Override
  void close();
}
