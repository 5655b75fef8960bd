package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sparkvit.core.UserException;

/**
 * Reads and writes the JSON files of a model directory. Reading is strict, and a written file
 * appears in one step.
 */
public final class ModelJson {
  static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * The largest size of a file. It has room for the names of a million classes and for an index of
   * shards.
   */
  private static final long MOST_BYTES = 256L << 20;

  private ModelJson() {}

  public static ObjectNode readObject(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new UserException(
            file + ": is " + Files.size(file) + " bytes long; at most " + MOST_BYTES + " are read");
      }
      byte[] bytes = Files.readAllBytes(file);
      int start = Math.min(bytes.length, StandIn.BYTES);
      StandIn.refuse(file, new String(bytes, 0, start, StandardCharsets.UTF_8));
      if (JSON.readTree(bytes) instanceof ObjectNode object) {
        return object;
      }
    } catch (NoSuchFileException e) {
      throw new UserException(file + ": no such file", e);
    } catch (JsonProcessingException e) {
      throw new UserException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
    }
    throw new UserException(file + ": not a JSON object");
  }

  static void writeObject(Path file, JsonNode object) {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    // The bytes must be the same on every system, since the model hash covers them.
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    try {
      Files.writeString(partial, JSON.writer(printer).writeValueAsString(object) + "\n");
      moveInPlace(partial, file);
    } catch (IOException e) {
      throw new UserException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  static void moveInPlace(Path partial, Path file) throws IOException {
    try {
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
