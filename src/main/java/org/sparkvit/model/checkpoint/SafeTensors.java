package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkvit.core.UserException;

/**
 * The safetensors file format. It begins with an unsigned 64-bit little-endian header length. A
 * JSON header follows, which gives each tensor's type, shape and byte range. Then come the tensors'
 * bytes without gaps.
 *
 * @param metadata the header's free-form strings
 * @param tensors the tensors by name, in the order of their bytes; they are mapped from the file,
 *     so the file may not change
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public record SafeTensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
  private static final long MAX_HEADER = 100_000_000;
  private static final String METADATA = "__metadata__";
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * Maps a file and checks all of it except the values.
   *
   * @throws UserException that names the file, the tensor and the problem
   */
  public static SafeTensors read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new Reader(file, channel).read();
    } catch (NoSuchFileException e) {
      throw new UserException(file + ": no such file", e);
    } catch (IOException e) {
      throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Writes tensors in the given order, in their own types. The file appears under its name once it
   * is complete.
   */
  public static void write(Path file, Map<String, String> metadata, Map<String, Tensor> tensors) {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      try (FileChannel out =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        byte[] header = header(metadata, tensors);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        writeFully(out, length.putLong(header.length).flip());
        writeFully(out, ByteBuffer.wrap(header));
        for (Tensor tensor : tensors.values()) {
          writeFully(out, tensor.bytes());
        }
        out.force(true);
      }
      ModelJson.moveInPlace(partial, file);
    } catch (IOException e) {
      long bytes = tensors.values().stream().mapToLong(tensor -> tensor.bytes().remaining()).sum();
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: tensors of %,d B cannot be written: %s",
              file,
              bytes,
              e.getMessage()),
          e);
    }
  }

  private static byte[] header(Map<String, String> metadata, Map<String, Tensor> tensors)
      throws JsonProcessingException {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      header.set(METADATA, JSON.valueToTree(metadata));
    }
    long begin = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", tensor.dtype().name());
      tensor.shape().forEach(node.putArray("shape")::add);
      long end = begin + tensor.bytes().remaining();
      node.putArray("data_offsets").add(begin).add(end);
      begin = end;
    }
    String json = JSON.writeValueAsString(header);
    // Padding keeps the tensors on 8-byte boundaries for readers that map the file.
    int bytes = json.getBytes(StandardCharsets.UTF_8).length;
    return (json + " ".repeat((8 - bytes % 8) % 8)).getBytes(StandardCharsets.UTF_8);
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {}

  private static final class Reader {
    private final Path file;
    private final FileChannel channel;

    Reader(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    SafeTensors read() throws IOException {
      long fileSize = channel.size();
      if (fileSize < Long.BYTES) {
        throw bad(
            "is " + fileSize + " bytes long; a safetensors file starts with 8 bytes of length");
      }
      ByteBuffer start = readFully(0, Math.min(fileSize, StandIn.BYTES));
      StandIn.refuse(file, StandardCharsets.ISO_8859_1.decode(start.duplicate()).toString());
      long headerLength = start.getLong();
      if (headerLength < 2 || headerLength > MAX_HEADER) {
        throw bad(
            "header length is "
                + Long.toUnsignedString(headerLength)
                + "; it must be 2 to "
                + MAX_HEADER
                + " (is this a safetensors file?)");
      }
      if (headerLength > fileSize - Long.BYTES) {
        throw bad(
            "header of "
                + headerLength
                + " bytes does not fit into the file of "
                + fileSize
                + " bytes (truncated?)");
      }
      byte[] json = new byte[(int) headerLength];
      readFully(Long.BYTES, headerLength).get(json);
      ObjectNode header = parse(json);
      long dataStart = Long.BYTES + headerLength;
      Map<String, String> metadata = metadata(header.remove(METADATA));

      List<Entry> entries = new ArrayList<>();
      header.fields().forEachRemaining(e -> entries.add(entry(e.getKey(), e.getValue())));
      entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
      long position = 0;
      for (Entry entry : entries) {
        if (entry.begin != position) {
          throw bad(
              entry.name,
              "starts at byte "
                  + entry.begin
                  + " where "
                  + position
                  + " is due ("
                  + (entry.begin < position ? "overlap" : "gap")
                  + ")");
        }
        position = entry.end;
      }
      if (position != fileSize - dataStart) {
        throw bad(
            "tensors end at byte "
                + position
                + " of the data but the file holds "
                + (fileSize - dataStart)
                + (position > fileSize - dataStart ? " (truncated?)" : " (trailing bytes)"));
      }

      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Entry entry : entries) {
        // Each tensor has a mapping of its own, since a single mapping cannot exceed 2 GiB.
        ByteBuffer bytes =
            channel.map(
                FileChannel.MapMode.READ_ONLY, dataStart + entry.begin, entry.end - entry.begin);
        tensors.put(entry.name, new Tensor(entry.dtype, entry.shape, bytes));
      }
      return new SafeTensors(metadata, tensors);
    }

    private ByteBuffer readFully(long position, long length) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position()) < 0) {
          throw bad("ended while its header was read");
        }
      }
      return buffer.flip();
    }

    private ObjectNode parse(byte[] header) throws IOException {
      try {
        if (JSON.readTree(header) instanceof ObjectNode object) {
          return object;
        }
      } catch (JsonProcessingException e) {
        throw bad("header is not valid JSON: " + e.getOriginalMessage());
      }
      throw bad("header is not a JSON object");
    }

    private Map<String, String> metadata(JsonNode node) {
      Map<String, String> metadata = new LinkedHashMap<>();
      if (node != null) {
        if (!node.isObject()) {
          throw bad(METADATA + " is not an object of strings");
        }
        node.fields()
            .forEachRemaining(
                e -> {
                  if (!e.getValue().isTextual()) {
                    throw bad(METADATA + " key '" + e.getKey() + "' is not a string");
                  }
                  metadata.put(e.getKey(), e.getValue().textValue());
                });
      }
      return metadata;
    }

    private Entry entry(String name, JsonNode node) {
      if (!node.isObject() || node.size() != 3) {
        throw bad(name, "must have dtype, shape and data_offsets and nothing else");
      }
      DType dtype = dtype(name, node.path("dtype"));
      List<Long> shape = longs(name, "shape", node.path("shape"));
      List<Long> offsets = longs(name, "data_offsets", node.path("data_offsets"));
      if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
        throw bad(name, "data_offsets are " + offsets + "; two ascending numbers are due");
      }
      long bytes;
      try {
        bytes = Math.multiplyExact(Tensor.elements(shape), (long) dtype.bytes());
      } catch (ArithmeticException e) {
        throw bad(name, "shape " + shape + " is too large");
      }
      long length = offsets.get(1) - offsets.get(0);
      if (length != bytes) {
        throw bad(
            name,
            dtype
                + " of shape "
                + shape
                + " takes "
                + bytes
                + " bytes but data_offsets span "
                + length);
      }
      if (length > Integer.MAX_VALUE) {
        throw bad(name, "is " + length + " bytes long; a single tensor may have up to 2 GiB");
      }
      return new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private DType dtype(String name, JsonNode node) {
      for (DType dtype : DType.values()) {
        if (dtype.name().equals(node.textValue())) {
          return dtype;
        }
      }
      throw bad(name, "has unknown dtype " + node);
    }

    private List<Long> longs(String name, String key, JsonNode node) {
      if (!node.isArray()) {
        throw bad(name, key + " is not a list of numbers");
      }
      List<Long> values = new ArrayList<>();
      for (JsonNode element : node) {
        if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
          throw bad(name, key + " contains " + element + "; whole numbers from 0 are due");
        }
        values.add(element.longValue());
      }
      return values;
    }

    private UserException bad(String tensor, String problem) {
      return bad("tensor '" + tensor + "' " + problem);
    }

    private UserException bad(String problem) {
      return new UserException(file + ": " + problem);
    }
  }
}
