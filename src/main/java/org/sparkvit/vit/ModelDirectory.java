package org.sparkvit.vit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.sparkvit.core.UserException;

/**
 * A Hugging Face model directory: {@code config.json}, {@code preprocessor_config.json} and {@code
 * model.safetensors} (or its shards, when reading).
 */
public final class ModelDirectory {
  public static final String CONFIG = "config.json";
  public static final String PREPROCESSOR = "preprocessor_config.json";
  public static final String WEIGHTS = "model.safetensors";
  private static final String SHARD_INDEX = WEIGHTS + ".index.json";
  private static final int NAMED_PROBLEMS = 8;

  private ModelDirectory() {}

  /**
   * Reads a complete classifier. Tensors are mapped, not copied.
   *
   * @throws UserException when a file is absent or malformed, or tensors are missing, unexpected or
   *     mis-shaped; one message names them all
   */
  public static Checkpoint read(Path directory) {
    ViTConfig config = ViTConfig.read(require(directory, CONFIG));
    Map<String, Tensor> tensors = tensors(directory);
    check(directory, config, tensors);
    return new Checkpoint(config, preprocessor(directory, config), tensors);
  }

  /**
   * Reads a classifier or a headless model as the start of a training for these labels: the head is
   * kept when the labels are the same in the same order, and drawn anew from the seed otherwise.
   */
  public static Checkpoint readForTraining(Path directory, List<String> labels, long seed) {
    ViTConfig config = ViTConfig.read(require(directory, CONFIG));
    Map<String, Tensor> tensors = tensors(directory);
    boolean headless = tensors.keySet().stream().noneMatch(k -> k.startsWith(Keys.CLASSIFIER));
    if (headless) {
      ViTConfig withHead = config;
      config
          .parameterShapes()
          .forEach(
              (key, shape) -> {
                if (key.startsWith(Keys.CLASSIFIER)) {
                  tensors.put(key, Initializer.draw(withHead, key, shape, seed));
                }
              });
    }
    check(directory, config, tensors);
    Checkpoint checkpoint = new Checkpoint(config, preprocessor(directory, config), tensors);
    return !headless && config.labels().equals(labels)
        ? checkpoint
        : checkpoint.withLabels(labels, seed);
  }

  /**
   * Writes the three files into a directory, which is made; each file appears at once, the weights
   * last, in float32.
   */
  public static void write(Path directory, Checkpoint checkpoint) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UserException(directory + ": cannot be made: " + e.getMessage(), e);
    }
    checkpoint.config().write(directory.resolve(CONFIG));
    checkpoint.preprocessor().write(directory.resolve(PREPROCESSOR));
    Map<String, Tensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
    tensors.replaceAll((key, tensor) -> tensor.toF32());
    // transformers refuses files without this entry.
    SafeTensors.write(directory.resolve(WEIGHTS), Map.of("format", "pt"), tensors);
  }

  /**
   * SHA-256 over the names, sizes and contents of {@link #files}, 64 hex digits: the identity of
   * the model in tables.
   */
  public static String hash(Path directory) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 20];
      for (String name : files(directory)) {
        Path file = directory.resolve(name);
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(
            ByteBuffer.allocate(1 + Long.BYTES).put((byte) 0).putLong(Files.size(file)).flip());
        try (InputStream in = Files.newInputStream(file)) {
          for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            digest.update(chunk, 0, n);
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UserException(directory + ": cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Names of the files that make up the model: its configuration, its preprocessing if there is
   * one, and its weights.
   */
  public static List<String> files(Path directory) {
    List<String> names = new ArrayList<>(List.of(CONFIG));
    if (Files.exists(directory.resolve(PREPROCESSOR))) {
      names.add(PREPROCESSOR);
    }
    Set<String> weights = weightFiles(directory);
    names.addAll(weights);
    if (!weights.contains(WEIGHTS)) {
      names.add(SHARD_INDEX);
    }
    return names;
  }

  /** Whether a file of this name can be part of a model directory. */
  public static boolean isModelFile(String name) {
    return name.equals(CONFIG)
        || name.equals(PREPROCESSOR)
        || name.equals(SHARD_INDEX)
        || name.endsWith(".safetensors");
  }

  private static Path require(Path directory, String name) {
    Path file = directory.resolve(name);
    if (!Files.isDirectory(directory)) {
      throw new UserException(directory + ": no such model directory");
    }
    if (!Files.isRegularFile(file)) {
      throw new UserException(
          directory + ": no " + name + "; a Hugging Face model directory is expected");
    }
    return file;
  }

  private static PreprocessorConfig preprocessor(Path directory, ViTConfig config) {
    Path file = directory.resolve(PREPROCESSOR);
    // Some published checkpoints have none; Hugging Face's defaults are then meant.
    PreprocessorConfig preprocessor =
        Files.exists(file)
            ? PreprocessorConfig.read(file)
            : PreprocessorConfig.squash(config.imageSize());
    if (!preprocessor.yields(config.imageSize())) {
      throw new UserException(
          file
              + ": does not make images of the "
              + config.imageSize()
              + " x "
              + config.imageSize()
              + " pixels that config.json asks for; set size, or crop_size with do_center_crop");
    }
    return preprocessor;
  }

  private static Set<String> weightFiles(Path directory) {
    Path index = directory.resolve(SHARD_INDEX);
    if (Files.exists(directory.resolve(WEIGHTS)) || Files.notExists(index)) {
      require(directory, WEIGHTS);
      return Set.of(WEIGHTS);
    }
    Set<String> shards = new TreeSet<>();
    for (JsonNode shard : ModelFiles.readObject(index).path("weight_map")) {
      String name = shard.asText();
      if (!name.endsWith(".safetensors") || Path.of(name).getNameCount() != 1) {
        throw new UserException(index + ": weight_map names '" + name + "', not a file beside it");
      }
      require(directory, name);
      shards.add(name);
    }
    if (shards.isEmpty()) {
      throw new UserException(index + ": weight_map is absent or empty");
    }
    return shards;
  }

  /** All tensors under the keys of a classifier, without the pooler, which has no use here. */
  private static Map<String, Tensor> tensors(Path directory) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : weightFiles(directory)) {
      SafeTensors.read(directory.resolve(name)).tensors().forEach(tensors::putIfAbsent);
    }
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (key, tensor) -> {
          boolean bare =
              key.startsWith("embeddings.")
                  || key.startsWith("encoder.")
                  || key.startsWith("layernorm.")
                  || key.startsWith("pooler.");
          String full = bare ? "vit." + key : key;
          if (!full.startsWith("vit.pooler.")) {
            renamed.put(full, tensor);
          }
        });
    return renamed;
  }

  private static void check(Path directory, ViTConfig config, Map<String, Tensor> tensors) {
    Map<String, List<Long>> expected = config.parameterShapes();
    List<String> missing = new ArrayList<>();
    List<String> mismatched = new ArrayList<>();
    expected.forEach(
        (key, shape) -> {
          Tensor tensor = tensors.get(key);
          if (tensor == null) {
            missing.add(key);
          } else if (!tensor.shape().equals(shape)) {
            mismatched.add(key + " is " + tensor.shape() + ", not " + shape);
          } else if (!tensor.dtype().isFloat()) {
            mismatched.add(key + " is " + tensor.dtype() + ", not a float type");
          }
        });
    List<String> unexpected =
        tensors.keySet().stream().filter(key -> !expected.containsKey(key)).toList();
    if (missing.isEmpty() && mismatched.isEmpty() && unexpected.isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    part(parts, "missing", missing);
    part(parts, "unexpected", unexpected);
    part(parts, "mismatched", mismatched);
    throw new UserException(
        directory + ": weights do not fit config.json: " + String.join("; ", parts));
  }

  private static void part(List<String> parts, String title, List<String> problems) {
    if (!problems.isEmpty()) {
      int named = Math.min(problems.size(), NAMED_PROBLEMS);
      parts.add(
          title
              + " ("
              + problems.size()
              + "): "
              + String.join(", ", problems.subList(0, named))
              + (named < problems.size() ? ", ..." : ""));
    }
  }
}
