package org.sparkvit.training.output;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sparkvit.core.Progress;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.TrainingListener;
import org.sparkvit.training.loop.TrainingRun;

/** Reports after each epoch the use of the machine by the training: processor, memory, GPU. */
public final class ResourceLines implements TrainingListener {
  private static final Pattern KILOBYTES = Pattern.compile("(Vm\\w+):\\s+(\\d+) kB");

  private final Progress progress;
  private final boolean gpu;
  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private long since;
  private long cpuTime;

  /**
   * Creates a listener.
   *
   * @param gpu whether the training is on a GPU
   */
  public ResourceLines(Progress progress, boolean gpu) {
    this.progress = progress;
    this.gpu = gpu;
  }

  @Override
  public void epochBegins(TrainingRun trainingRun, int epoch) {
    since = System.nanoTime();
    cpuTime = system.getProcessCpuTime();
  }

  @Override
  public void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {
    double cores = (double) (system.getProcessCpuTime() - cpuTime) / (System.nanoTime() - since);
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "train: used %.1f of %d cores",
            cores,
            Runtime.getRuntime().availableProcessors()));
    memory("VmRSS").ifPresent(now -> line.append(", ").append(now).append(" of memory"));
    memory("VmHWM").ifPresent(most -> line.append(" (").append(most).append(" at most)"));
    if (gpu) {
      gpus().ifPresent(use -> line.append("; ").append(use));
    }
    progress.say(line.toString());
  }

  /** Returns a size in Linux's account of this process, or empty on other systems. */
  private static Optional<String> memory(String name) {
    try {
      Matcher sizes = KILOBYTES.matcher(Files.readString(Path.of("/proc/self/status")));
      while (sizes.find()) {
        if (sizes.group(1).equals(name)) {
          double gigabytes = Long.parseLong(sizes.group(2)) * 1024 / 1e9;
          return Optional.of(String.format(Locale.ROOT, "%.2f GB", gigabytes));
        }
      }
    } catch (IOException e) {
      // The system is not Linux.
    }
    return Optional.empty();
  }

  /** Returns the output of the GPU driver's own tool, or empty where it is not installed. */
  private static Optional<String> gpus() {
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--query-gpu=index,utilization.gpu,memory.used,memory.total",
                  "--format=csv,noheader,nounits")
              .redirectErrorStream(true)
              .start();
      try (InputStream out = process.getInputStream()) {
        String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? Optional.of(describe(text)) : Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  static String describe(String csv) {
    return csv.lines()
        .map(line -> line.split("\\s*,\\s*", -1))
        .filter(fields -> fields.length == 4)
        .map(f -> "GPU " + f[0] + " " + f[1] + " % busy, " + f[2] + " of " + f[3] + " MiB")
        .collect(Collectors.joining("; "));
  }
}
