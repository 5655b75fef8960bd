package org.sparkvit.tools.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.sparkvit.core.UserException;

/** Runs {@code peers.py} in a Python interpreter, with a process for each request. */
final class Python implements AutoCloseable {
  private static final String SCRIPT = "/org/sparkvit/tools/bench/peers.py";
  private static final int LINES_SHOWN = 600;

  private final String interpreter;
  private final Path folder;

  /**
   * Unpacks the script.
   *
   * @param interpreter a path, or a name on the search path
   */
  Python(String interpreter) {
    this.interpreter = interpreter;
    try (InputStream script = Python.class.getResourceAsStream(SCRIPT)) {
      folder = Files.createTempDirectory("spark-vit-peers");
      Files.write(folder.resolve("peers.py"), script.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs one peer.
   *
   * @throws UserException when the peer fails; the message has the end of its output
   */
  JsonNode ask(Map<String, Object> request) {
    Path errors = folder.resolve("errors.txt");
    try {
      Process process =
          new ProcessBuilder(interpreter, folder.resolve("peers.py").toString())
              .redirectError(errors.toFile())
              .start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(new ObjectMapper().writeValueAsBytes(request));
      }
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        String said = Files.readString(errors).strip();
        throw new UserException(
            interpreter
                + " failed with "
                + process.exitValue()
                + ": "
                + said.substring(Math.max(0, said.length() - LINES_SHOWN)));
      }
      return new ObjectMapper().readTree(answer);
    } catch (IOException e) {
      throw new UserException("--python '" + interpreter + "': " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    org.apache.hadoop.fs.FileUtil.fullyDelete(folder.toFile());
  }
}
