package org.sparkvit.tools.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a measurement while other processes, one for each core, do nothing but count. On a shared
 * machine, threads that wait for one another by spinning lose time. Only this measurement shows it.
 *
 * @param measured the measurement
 * @param cores the number of processes that count in the meantime, at least 1
 */
record Crowded(Measurement measured, int cores) implements Measurement {
  static String name(String name) {
    return name + " beside loops";
  }

  @Override
  public String name() {
    return name(measured.name());
  }

  @Override
  public String unit() {
    return measured.unit();
  }

  @Override
  public double imagesPerSecond() {
    List<Process> loops = new ArrayList<>();
    try {
      for (int i = 0; i < cores; i++) {
        loops.add(loop());
      }
      return measured.imagesPerSecond();
    } catch (IOException e) {
      throw new UncheckedIOException("starting a process that counts", e);
    } finally {
      // What is measured next must not find them any more.
      loops.forEach(loop -> loop.destroyForcibly().onExit().join());
    }
  }

  /** Starts a process that counts. It ends by itself when this process is gone. */
  private static Process loop() throws IOException {
    String script =
        "while kill -0 "
            + ProcessHandle.current().pid()
            + " 2>/dev/null; do n=0; while [ $n -lt 500000 ]; do n=$((n+1)); done; done";
    return new ProcessBuilder("sh", "-c", script)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
