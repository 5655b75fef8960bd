package org.sparkvit.tools.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A measurement while other processes, one for each core, do nothing but count. What threads that
 * wait for one another by spinning lose on a shared machine shows here and nowhere else.
 *
 * @param measured what is measured
 * @param cores how many processes count meanwhile, from 1
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

  /** Ends by itself, too, when this process is gone. */
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
