package org.sparkvit.model.runtime;

import ai.djl.Device;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.sparkvit.model.architecture.Methods;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.model.torchscript.TorchScriptArchive;

/**
 * The Java half of {@code .ci/bench-architecture}. Archives hold weights and code, so those that
 * another revision wrote are run beside those of this one, in one process and by turns.
 */
final class ArchitectureBench {
  private static final int SIDE = 224;
  private static final int BATCH = 8;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private ArchitectureBench() {}

  /**
   * Writes archives, or compares those of two revisions.
   *
   * @param args {@code write FOLDER}, or {@code compare FOLDER PAIRS}
   */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[1]));
    PyTorchRuntime.configure(1);
    for (ViTSize size : List.of(ViTSize.TINY, ViTSize.BASE)) {
      ViTConfig config = ViTConfig.of(size, SIDE, 16, List.of("ordinary", "sensitive"));
      Checkpoint model = Checkpoint.random(config, PreprocessorConfig.squash(SIDE), 1);
      for (Precision precision : List.of(Precision.FP32, Precision.BF16, Precision.INT8)) {
        Path archive = folder.resolve(size + "-" + precision + ".pt");
        if (args[0].equals("write")) {
          TorchScriptArchive.writeForInference(archive, model, precision);
        } else {
          compare(archive, model, precision, Integer.parseInt(args[2]));
        }
      }
    }
  }

  /** Loads an archive. One of a revision that had adapted it before is left as it is. */
  private static ViTSession load(Path archive, ViTConfig config, Precision precision) {
    try (ViTModule module = ViTModule.load(archive, config, Device.cpu(), false)) {
      return module.has(Methods.BFLOAT16)
          ? ViTSession.load(archive, config, Device.cpu(), precision)
          : ViTSession.load(archive, config, Device.cpu());
    }
  }

  private static void compare(Path archive, Checkpoint model, Precision precision, int pairs) {
    ViTConfig config = model.config();
    ByteBuffer pixels = Golden.pixels(BATCH, SIDE, 0);
    try (ViTSession other = load(archive, config, precision);
        ViTSession own = ViTSession.open(model, Device.cpu(), precision)) {
      float[] before = other.logits(pixels, BATCH);
      float[] after = own.logits(pixels, BATCH);
      double difference = 0;
      for (int i = 0; i < before.length; i++) {
        difference = Math.max(difference, Math.abs(before[i] - after[i]));
      }
      double[] befores = new double[pairs];
      double[] afters = new double[pairs];
      double[] ratios = new double[pairs];
      for (int i = 0; i < pairs; i++) {
        // Each goes first in every second pair.
        befores[i] = i % 2 == 0 ? millis(other, pixels) : 0;
        afters[i] = millis(own, pixels);
        befores[i] = i % 2 == 0 ? befores[i] : millis(other, pixels);
        ratios[i] = afters[i] / befores[i];
      }
      System.out.printf(
          Locale.ROOT,
          "%s: %.2f ms an image before, %.2f after (medians of %d pairs, processor time), ratio"
              + " %.3f; logits differ by %.1g at most%n",
          archive.getFileName().toString().replace(".pt", ""),
          median(befores),
          median(afters),
          pairs,
          median(ratios),
          difference);
    }
  }

  /** Of this thread, which computes alone: what else runs on the machine counts little. */
  private static double millis(ViTSession session, ByteBuffer pixels) {
    long started = THREADS.getCurrentThreadCpuTime();
    session.logits(pixels, BATCH);
    return (THREADS.getCurrentThreadCpuTime() - started) / 1e6 / BATCH;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
