package org.sparkvit.training.loop;

import ai.djl.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.fs.FileUtil;
import org.sparkvit.core.Labels;
import org.sparkvit.model.architecture.Loss;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.training.data.EpochSample;
import org.sparkvit.training.data.Example;
import org.sparkvit.training.data.PixelCache;
import org.sparkvit.training.recipe.Augmentation;
import org.sparkvit.training.recipe.CropPadding;
import org.sparkvit.training.recipe.Freezing;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.Regularization;
import org.sparkvit.training.recipe.Schedule;
import org.sparkvit.training.recipe.Selection;

/**
 * Measures how many images a second a model trains on with this machine, apart from reading and
 * decoding.
 */
public final class TrainingThroughput {
  private static final int IMAGES = 256;

  /**
   * The number of times that the images are shown before a new prefetcher starts, which happens
   * once in an epoch.
   */
  private static final int ROUNDS = 16;

  private TrainingThroughput() {}

  /**
   * Trains for a while on noise: forward and backward pass, clipping and update, with crops and
   * flips.
   *
   * @param start the checkpoint that is trained
   * @param device {@code auto}, {@code cpu} or {@code gpu}
   * @param precision the name of the precision
   * @param batchSize the number of images per step
   * @param seconds the time in seconds after which no more steps are taken; the first step is not
   *     counted
   * @return images per second
   */
  public static double measure(
      Checkpoint start, String device, String precision, int batchSize, int seconds) {
    PyTorchRuntime.configure(Runtime.getRuntime().availableProcessors());
    Device resolved = PyTorchRuntime.device(device);
    Recipe recipe =
        new Recipe(
            1,
            batchSize,
            1,
            Schedule.cosine(1e-5, 0),
            Freezing.NONE,
            Regularization.of(0.05, 1),
            new Loss.CrossEntropy(),
            Augmentation.of(CropPadding.AUTO, true, 0, 0),
            new Selection(Metric.ACCURACY, 0, 0),
            false,
            1);
    int side = start.config().imageSize();
    Labels labels = new Labels(start.config().labels());
    try {
      Path folder = Files.createTempDirectory("spark-vit-throughput-");
      try (PixelCache cache = PixelCache.create(folder, side * side * 3, IMAGES);
          TrainLoop trainLoop =
              TrainLoop.open(
                  recipe, labels, cache, start, resolved, Precision.of(precision, resolved))) {
        List<EpochSample> samples = noise(cache, side, labels.size());
        LearningRate rates = new LearningRate(recipe.schedule(), 1_000_000, 1_000_000);
        long[] counted = {0, 0};
        while (counted[1] == 0 || System.nanoTime() - counted[1] < seconds * 1e9) {
          trainLoop.learn(
              samples,
              List.of(),
              1,
              rates,
              step -> {
                if (counted[1] == 0) {
                  counted[1] = System.nanoTime();
                } else {
                  counted[0] += step.images();
                }
                return System.nanoTime() - counted[1] < seconds * 1e9;
              });
        }
        return counted[0] * 1e9 / (System.nanoTime() - counted[1]);
      } finally {
        FileUtil.fullyDelete(folder.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("using this machine's temporary folder", e);
    }
  }

  private static List<EpochSample> noise(PixelCache cache, int side, int classes) {
    SplittableRandom random = new SplittableRandom(1);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      byte[] pixels = new byte[side * side * 3];
      random.nextBytes(pixels);
      examples.add(new Example("noise-" + i, i % classes, 1, 1, cache.append(pixels)));
    }
    cache.seal();
    List<EpochSample> samples = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Example example : examples) {
        samples.add(new EpochSample(example, round, samples.size()));
      }
    }
    return samples;
  }
}
