package org.sparkvit.vit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sparkvit.core.UserException;

/**
 * Writes a checkpoint as a TorchScript file: weights and forward pass in one archive that libtorch
 * loads, from DJL as well as from Python's {@code torch.jit.load}.
 *
 * <p>The module takes {@code uint8 [N, H, W, 3]} pixels and returns {@code float32 [N, K]} logits;
 * its method {@code embed} returns the class token after the final layer norm, {@code float32 [N,
 * hidden]}. Parameter names are Hugging Face's; the buffers {@code pixel_scale} and {@code
 * pixel_shift} hold the normalisation.
 *
 * <p>The file is a zip without compression: {@code data.pkl} is the pickled module tree, {@code
 * code/} its source text, and {@code data/N} the bytes of one tensor each.
 */
public final class TorchScriptArchive {
  private static final String ROOT = "vit/";

  /** The newest format that PyTorch 1.11 to 2.x read; it decides which operator schemas apply. */
  private static final String FORMAT_VERSION = "10\n";

  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

  private final ZipOutputStream zip;
  private final WritableByteChannel channel;

  private TorchScriptArchive(OutputStream out) {
    zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    channel = Channels.newChannel(zip);
  }

  /** For scoring: weights stored in the given precision. */
  public static void writeForInference(Path file, Checkpoint checkpoint, Precision precision) {
    write(file, checkpoint, precision, false);
  }

  /**
   * For training: weights in float32; with BF16 the products are cast in the graph. Has the further
   * methods that {@link ViTTrainingSession} calls.
   */
  public static void writeForTraining(Path file, Checkpoint checkpoint, Precision precision) {
    write(file, checkpoint, precision, true);
  }

  private static void write(
      Path file, Checkpoint checkpoint, Precision precision, boolean training) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      TorchScriptArchive archive = new TorchScriptArchive(out);
      archive.writeAll(checkpoint, precision, training);
      archive.zip.finish();
    } catch (IOException e) {
      throw new UserException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private void writeAll(Checkpoint checkpoint, Precision precision, boolean training)
      throws IOException {
    ModuleTree tree = ModuleTree.of(checkpoint.tensors().keySet());
    Map<String, Tensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
    tree.buffers.put("pixel_scale", "pixel_scale");
    tree.buffers.put("pixel_shift", "pixel_shift");
    tensors.put("pixel_scale", Tensor.of(checkpoint.preprocessor().scale(), 1, 3, 1, 1));
    tensors.put("pixel_shift", Tensor.of(checkpoint.preprocessor().shift(), 1, 3, 1, 1));
    Map<String, String> keys = new LinkedHashMap<>();
    tensors.keySet().forEach(name -> keys.put(name, Integer.toString(keys.size())));

    boolean bf16Weights = precision == Precision.BF16 && !training;
    Pickle pickle = new Pickle();
    pickle(pickle, tree, tensors, keys, bf16Weights);
    entry("data.pkl", ByteBuffer.wrap(pickle.toBytes()));
    text(
        "code/__torch__.py",
        tree.source(ViTCode.methods(checkpoint.config(), precision, training)));
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      boolean bf16 = bf16Weights && !tree.buffers.containsKey(tensor.getKey());
      Tensor value = tensor.getValue();
      entry(
          "data/" + keys.get(tensor.getKey()), bf16 ? value.toBf16Bytes() : value.toF32().bytes());
    }
    entry("constants.pkl", ByteBuffer.wrap(EMPTY_TUPLE));
    text("version", FORMAT_VERSION);
    text("byteorder", "little");
  }

  private static void pickle(
      Pickle pickle,
      ModuleTree node,
      Map<String, Tensor> tensors,
      Map<String, String> keys,
      boolean bf16) {
    pickle.beginObject("__torch__", node.className);
    node.parameters.forEach(
        (attribute, name) -> {
          pickle.string(attribute);
          pickle.tensor(
              bf16 ? "BFloat16Storage" : "FloatStorage",
              keys.get(name),
              tensors.get(name).shape(),
              true);
        });
    node.buffers.forEach(
        (attribute, name) -> {
          pickle.string(attribute);
          pickle.tensor("FloatStorage", keys.get(name), tensors.get(name).shape(), false);
        });
    pickle.string("training");
    pickle.bool(false);
    node.children.forEach(
        (attribute, child) -> {
          pickle.string(attribute);
          pickle(pickle, child, tensors, keys, bf16);
        });
    pickle.endObject();
  }

  private void text(String name, String content) throws IOException {
    entry(name, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
  }

  private void entry(String name, ByteBuffer bytes) throws IOException {
    ZipEntry entry = new ZipEntry(ROOT + name);
    CRC32 crc = new CRC32();
    crc.update(bytes.duplicate());
    entry.setCrc(crc.getValue());
    entry.setSize(bytes.remaining());
    entry.setCompressedSize(bytes.remaining());
    // The same bytes for the same model, whenever it is written.
    entry.setTime(0);
    zip.putNextEntry(entry);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    zip.closeEntry();
  }
}
