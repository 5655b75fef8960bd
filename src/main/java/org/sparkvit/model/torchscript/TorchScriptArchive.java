package org.sparkvit.model.torchscript;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.ForwardPass;
import org.sparkvit.model.architecture.ModuleTree;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.architecture.QuantizedLinear;
import org.sparkvit.model.architecture.TrainingOptions;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.Tensor;

/**
 * Writes a checkpoint as a TorchScript file. Weights and forward pass are in one archive that
 * libtorch loads, from DJL as well as from Python's {@code torch.jit.load}.
 *
 * <p>The module takes {@code uint8 [N, H, W, 3]} pixels and returns {@code float32 [N, K]} logits.
 * Its method {@code embed} returns the input of the head after the final layer norm, {@code float32
 * [N, embeddingSize]}. Parameter names are Hugging Face's. The buffers of {@code normalize} hold
 * the normalisation.
 *
 * <p>The file is a zip without compression. {@code data.pkl} is the pickled module tree, {@code
 * code/} its source text, and {@code data/N} the bytes of one tensor each.
 */
public final class TorchScriptArchive {
  private static final String ROOT = "vit/";

  /** The newest format that PyTorch 1.11 to 2.x read. It decides which operator schemas apply. */
  private static final String FORMAT_VERSION = "10\n";

  /**
   * Whether PyTorch has oneDNN's operators on this kind of machine. A file that names one cannot be
   * loaded where they are missing, so a driver on another kind of machine writes none of them.
   */
  private static final boolean HAS_ONEDNN =
      Set.of("amd64", "x86_64").contains(System.getProperty("os.arch").toLowerCase(Locale.ROOT));

  /** The content of a buffer that is set before it is used. */
  private static final Tensor ONE = Tensor.of(new float[] {1}, 1, 1, 1);

  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

  /** The element types in which tensors are stored. */
  private enum Storage {
    FLOAT("FloatStorage"),
    BFLOAT16("BFloat16Storage"),
    HALF("HalfStorage");

    final String className;

    Storage(String className) {
      this.className = className;
    }

    static Storage of(Precision precision) {
      return switch (precision) {
        case FP32, INT8 -> FLOAT;
        case BF16 -> BFLOAT16;
        case FP16 -> HALF;
      };
    }

    ByteBuffer bytes(Tensor tensor) {
      return switch (this) {
        case FLOAT -> tensor.toF32().bytes();
        case BFLOAT16 -> tensor.toBf16Bytes();
        case HALF -> tensor.toF16Bytes();
      };
    }
  }

  private final Pickle pickle = new Pickle();
  private final List<Supplier<ByteBuffer>> storages = new ArrayList<>();
  private final ZipOutputStream zip;
  private final WritableByteChannel channel;

  private TorchScriptArchive(OutputStream out) {
    zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    channel = Channels.newChannel(zip);
  }

  /**
   * Writes a file for scoring, with weights stored in the given precision. With INT8 the linear
   * maps of the encoder are quantised as {@link QuantizedLinear} says, and are not listed among the
   * parameters. The file can be loaded on any device and machine.
   */
  public static void writeForInference(Path file, Checkpoint checkpoint, Precision precision) {
    ForwardPass pass = ForwardPass.forInference(checkpoint.config(), precision, HAS_ONEDNN);
    write(file, checkpoint, precision, pass);
  }

  /**
   * Writes a file for scoring in FP32 or BF16, which is chosen when the file is loaded. Weights are
   * in float32, and the code is that of BF16. In both cases the results have the bits of a file
   * that was written for that precision alone. Casting rounds weights to nearest even both here and
   * in PyTorch.
   */
  public static void writeForInference(Path file, Checkpoint checkpoint) {
    ForwardPass pass = ForwardPass.forInference(checkpoint.config(), Precision.BF16, HAS_ONEDNN);
    write(file, checkpoint, Precision.FP32, pass);
  }

  /** Writes a file for explaining, in float32. */
  public static void writeForExplaining(Path file, Checkpoint checkpoint) {
    write(file, checkpoint, Precision.FP32, ForwardPass.forExplaining(checkpoint.config()));
  }

  /**
   * Writes a file for training, with weights in float32. With BF16 and FP16 the products are cast
   * in the graph.
   *
   * @throws IllegalArgumentException with INT8, in which nothing is trained
   */
  public static void writeForTraining(
      Path file, Checkpoint checkpoint, Precision precision, TrainingOptions options) {
    if (precision == Precision.INT8) {
      throw new IllegalArgumentException("training in " + precision);
    }
    // Weights stay in float32, whatever the precision of the products is.
    write(
        file,
        checkpoint,
        Precision.FP32,
        ForwardPass.forTraining(checkpoint.config(), precision, options));
  }

  static void write(Path file, Checkpoint checkpoint, Precision weights, ForwardPass pass) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      TorchScriptArchive archive = new TorchScriptArchive(out);
      archive.writeAll(checkpoint, weights, pass);
      archive.zip.finish();
    } catch (IOException e) {
      throw new UserException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private void writeAll(Checkpoint checkpoint, Precision precision, ForwardPass pass)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
    Map<String, QuantizedLinear> packed = Map.of();
    if (precision == Precision.INT8) {
      packed = QuantizedLinear.takeFrom(pass.tree(), tensors);
    }
    requireAll(tensors.keySet(), pass.tree());
    tensors.put("normalize.scale", Tensor.of(checkpoint.preprocessor().scale(), 1, 3, 1, 1));
    tensors.put("normalize.shift", Tensor.of(checkpoint.preprocessor().shift(), 1, 3, 1, 1));

    pickle(pass.tree(), tensors, packed, Storage.of(precision));
    entry("data.pkl", ByteBuffer.wrap(pickle.toBytes()));
    text("code/__torch__.py", pass.source());
    for (int i = 0; i < storages.size(); i++) {
      entry("data/" + i, storages.get(i).get());
    }
    entry("constants.pkl", ByteBuffer.wrap(EMPTY_TUPLE));
    text("version", FORMAT_VERSION);
    text("byteorder", "little");
  }

  /** Checks that every tensor is declared by a module. Others would be left out silently. */
  private static void requireAll(Set<String> tensors, ModuleTree tree) {
    Set<String> declared =
        tree.all()
            .flatMap(module -> module.parameters().values().stream())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    if (!declared.equals(tensors)) {
      Set<String> different = new TreeSet<>(declared);
      different.removeAll(tensors);
      Set<String> more = new TreeSet<>(tensors);
      more.removeAll(declared);
      throw new IllegalArgumentException(
          "the architecture's text declares " + different + " in vain, and lacks " + more);
    }
  }

  private void pickle(
      ModuleTree module,
      Map<String, Tensor> tensors,
      Map<String, QuantizedLinear> packed,
      Storage weights) {
    pickle.beginObject("__torch__", module.className());
    module
        .parameters()
        .forEach(
            (attribute, name) -> {
              pickle.string(attribute);
              if (name == null) {
                pickle.none();
              } else {
                tensor(tensors.get(name), weights, true);
              }
            });
    module
        .buffers()
        .forEach(
            (attribute, name) -> {
              pickle.string(attribute);
              tensor(tensors.getOrDefault(name, ONE), Storage.FLOAT, false);
            });
    module
        .packed()
        .forEach(
            (attribute, name) -> {
              QuantizedLinear linear = packed.get(name);
              String[] keys = {
                storage(linear::values),
                storage(linear::scales),
                storage(linear::zeroPoints),
                linear.hasBias() ? storage(linear::bias) : null
              };
              pickle.string(attribute);
              pickle.packedLinear(linear.rows(), linear.columns(), keys);
            });
    module
        .numbers()
        .forEach(
            (attribute, value) -> {
              pickle.string(attribute);
              if (value instanceof Boolean truth) {
                pickle.bool(truth);
              } else {
                pickle.integer((Integer) value);
              }
            });
    pickle.string("training");
    pickle.bool(false);
    module
        .children()
        .forEach(
            (attribute, child) -> {
              pickle.string(attribute);
              pickle(child, tensors, packed, weights);
            });
    pickle.endObject();
  }

  private void tensor(Tensor tensor, Storage as, boolean requiresGrad) {
    String key = storage(() -> as.bytes(tensor));
    pickle.tensor(as.className, key, tensor.shape(), requiresGrad);
  }

  /** Makes room for a tensor's bytes, which are converted only when they are written. */
  private String storage(Supplier<ByteBuffer> bytes) {
    storages.add(bytes);
    return Integer.toString(storages.size() - 1);
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
    // The same model gives the same bytes, whenever it is written.
    entry.setTime(0);
    zip.putNextEntry(entry);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    zip.closeEntry();
  }
}
