package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;

/**
 * A Hugging Face model directory: {@code config.json}, {@code preprocessor_config.json} and {@code
 * model.safetensors} (or its shards, when reading). Directories that timm wrote have no
 * preprocessor file. They are read as the Hugging Face model that computes the same.
 */
public final class ModelDirectory {
  public static final String CONFIG = "config.json";
  public static final String PREPROCESSOR = "preprocessor_config.json";
  public static final String WEIGHTS = "model.safetensors";

  /** The name of the file with a TorchScript module. */
  public static final String SCRIPTED = "model.pt";

  private static final String SHARD_INDEX = WEIGHTS + ".index.json";

  private ModelDirectory() {}

  /** Returns whether a directory holds a TorchScript module. */
  public static boolean isScripted(Path directory) {
    return Files.exists(directory.resolve(SCRIPTED));
  }

  /**
   * The content of a directory, with tensors by Hugging Face key. It has not been checked yet and
   * may lack a head.
   */
  record Contents(ViTConfig config, PreprocessorConfig preprocessor, Map<String, Tensor> tensors) {
    boolean isHeadless() {
      return tensors.keySet().stream().noneMatch(config.family()::isHead);
    }

    /** Returns whether the head has a row for each class. */
    boolean headFits() {
      return config.parameterShapes().entrySet().stream()
          .filter(parameter -> config.family().isHead(parameter.getKey()))
          .allMatch(
              parameter ->
                  tensors.containsKey(parameter.getKey())
                      && tensors.get(parameter.getKey()).shape().equals(parameter.getValue()));
    }

    /** Returns the content with a fresh head, which replaces an existing one. */
    Contents withHead(long seed) {
      Map<String, Tensor> copy = new LinkedHashMap<>(tensors);
      copy.keySet().removeIf(config.family()::isHead);
      config
          .parameterShapes()
          .forEach(
              (key, shape) -> {
                if (config.family().isHead(key)) {
                  copy.put(key, Initializer.draw(config, key, shape, seed));
                }
              });
      return new Contents(config, preprocessor, copy);
    }
  }

  /**
   * A model that was read from a directory.
   *
   * @param notes the remarks for users on how it was read, one sentence in each element
   */
  public record Loaded(Checkpoint checkpoint, List<String> notes) {
    public Loaded {
      notes = List.copyOf(notes);
    }
  }

  /** Reads a model as {@link #load} does, without the notes for users. */
  public static Checkpoint read(Path directory) {
    return load(directory).checkpoint();
  }

  /**
   * Reads a complete classifier. Tensors are mapped, not copied.
   *
   * @throws UserException when a file is absent or malformed, there is no trained head, or classes
   *     do not exclude each other; also when tensors are missing, unexpected, mis-shaped or not
   *     finite, where one message tells of all of them
   */
  public static Loaded load(Path directory) {
    ObjectNode json = config(directory);
    ClassNames classes = classes(directory, json);
    Contents contents = contents(directory, json, classes.names());
    if (contents.isHeadless()) {
      throw new UserException(
          directory
              + ": the checkpoint has no trained head ("
              + contents.config.family().heads().get(0)
              + ".weight is absent), so it cannot label images; fine-tune it with 'spark-vit train"
              + " --from' first");
    }
    List<String> notes = new ArrayList<>(classes.notes());
    notes.addAll(guesses(directory, json));
    return new Loaded(checkpoint(directory, contents, OptionalInt.empty()), notes);
  }

  /**
   * Reads a classifier or a headless model for its embeddings, which do not depend on a head. The
   * model gets a head of random numbers, and its classes are ignored.
   */
  public static Checkpoint readForEmbeddings(Path directory) {
    Contents contents = contents(directory, config(directory), ClassNames.placeholders());
    return checkpoint(directory, contents.withHead(0), OptionalInt.empty());
  }

  /**
   * Reads a classifier or a headless model as the start of a training for these labels. Classes
   * that the checkpoint knows by the same name keep their rows of the head, wherever they stand.
   * The other rows are drawn from the seed. The whole head is drawn where the checkpoint's classes
   * cannot be determined.
   *
   * @param imageSize the side of the training images in pixels; empty takes that of the directory
   * @param newHead whether the whole head is drawn in any case
   */
  public static Loaded readForTraining(
      Path directory, List<String> labels, OptionalInt imageSize, boolean newHead, long seed) {
    ObjectNode json = config(directory);
    ClassNames classes = null;
    String reason = "as --new-head asks";
    if (!newHead) {
      try {
        classes = classes(directory, json);
      } catch (UserException e) {
        reason = e.getMessage();
      }
    }
    Contents contents =
        contents(directory, json, classes == null ? ClassNames.placeholders() : classes.names());
    if (classes != null && contents.isHeadless()) {
      reason = "the checkpoint has none";
      classes = null;
    } else if (classes != null && !contents.headFits()) {
      reason = "the checkpoint's does not fit the classes of its config.json";
      classes = null;
    }
    if (classes == null) {
      Checkpoint bare = checkpoint(directory, contents.withHead(seed), imageSize);
      List<String> notes = new ArrayList<>(List.of("the head is drawn anew: " + reason));
      notes.addAll(guesses(directory, json));
      return new Loaded(bare.withNewHead(labels, seed), notes);
    }
    List<String> notes = new ArrayList<>(classes.notes());
    notes.addAll(guesses(directory, json));
    notes.add(Checkpoint.headNote(classes.names(), labels));
    return new Loaded(checkpoint(directory, contents, imageSize).withLabels(labels, seed), notes);
  }

  private static ObjectNode config(Path directory) {
    if (isScripted(directory) && Files.notExists(directory.resolve(WEIGHTS))) {
      throw new UserException(
          directory
              + ": a TorchScript module (model.pt) can be scored, but not trained, and it gives no"
              + " embeddings; name the checkpoint that it was made from");
    }
    return ModelJson.readObject(require(directory, CONFIG));
  }

  /** Returns the assumptions that are made where no file says how images are prepared. */
  private static List<String> guesses(Path directory, ObjectNode json) {
    return TimmCheckpoint.isConfig(json) || ImageProcessor.isIn(directory)
        ? List.of()
        : List.of(
            "there is no preprocessor_config.json: images are prepared as ViTImageProcessor does by"
                + " itself (squashed by bilinear, mean and deviation 0.5)");
  }

  private static ClassNames classes(Path directory, ObjectNode json) {
    String source = directory.resolve(CONFIG).toString();
    return TimmCheckpoint.isConfig(json)
        ? TimmCheckpoint.classes(source, json)
        : ClassNames.read(json, source);
  }

  private static Contents contents(Path directory, ObjectNode json, List<String> labels) {
    String configFile = directory.resolve(CONFIG).toString();
    if (TimmCheckpoint.isConfig(json)) {
      Contents timm = TimmCheckpoint.convert(configFile, json, tensors(directory), labels);
      return ImageProcessor.isIn(directory)
          ? new Contents(
              timm.config, ImageProcessor.in(directory, ImageProcessor.VIT), timm.tensors)
          : timm;
    }
    ViTConfig config = ViTConfig.parse(json, configFile, labels);
    return new Contents(
        config,
        preprocessor(directory, config),
        classifierKeys(config.family(), tensors(directory)));
  }

  private static Checkpoint checkpoint(Path directory, Contents contents, OptionalInt imageSize) {
    TensorCheck.require(directory, contents.config, contents.tensors);
    int side = contents.preprocessor.outputSide();
    // DINOv2 accepts images of any size, and its config states the side of its last training steps.
    boolean anySize = contents.config.family().isDinov2() && side > 0;
    if (side != contents.config.imageSize() && !anySize) {
      throw new UserException(
          directory.resolve(PREPROCESSOR)
              + " (or processor_config.json): does not make images of the "
              + contents.config.imageSize()
              + " x "
              + contents.config.imageSize()
              + " pixels that config.json asks for; set size, or crop_size with do_center_crop");
    }
    return new Checkpoint(contents.config, contents.preprocessor, contents.tensors)
        .withImageSize(imageSize.orElse(side));
  }

  /**
   * Creates a directory and writes the three files into it. Each file appears in one step, and the
   * weights come last. They are stored in float32.
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
   * Returns the SHA-256 over the names, sizes and contents of {@link #files} as 64 hex digits. It
   * identifies the model in tables.
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
   * Returns the names of the files that make up the model: its configuration, its preprocessing if
   * there is any, and its weights.
   */
  public static List<String> files(Path directory) {
    List<String> names = new ArrayList<>(List.of(CONFIG));
    for (String file : List.of(PREPROCESSOR, ImageProcessor.NESTED_FILE)) {
      if (Files.exists(directory.resolve(file))) {
        names.add(file);
      }
    }
    if (isScripted(directory)) {
      names.add(SCRIPTED);
      return names;
    }
    Set<String> weights = weightFiles(directory);
    names.addAll(weights);
    if (!weights.contains(WEIGHTS)) {
      names.add(SHARD_INDEX);
    }
    return names;
  }

  /** Returns whether a file of this name can be part of a model directory. */
  public static boolean isModelFile(String name) {
    return name.equals(CONFIG)
        || name.equals(PREPROCESSOR)
        || name.equals(ImageProcessor.NESTED_FILE)
        || name.equals(SHARD_INDEX)
        || name.equals(SCRIPTED)
        || name.endsWith(".safetensors");
  }

  private static Path require(Path directory, String name) {
    Path file = directory.resolve(name);
    if (!Files.isDirectory(directory)) {
      throw new UserException(directory + ": no such model directory");
    }
    if (!Files.isRegularFile(file)) {
      try (Stream<Path> files = Files.list(directory)) {
        throw new UserException(
            "model '"
                + directory
                + "' "
                + problem(files.map(f -> f.getFileName().toString()).toList())
                    .orElse("has no " + name));
      } catch (IOException e) {
        throw new UserException(directory + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return file;
  }

  /**
   * Returns the reason why the files of a folder are no model, or empty where they may be one. The
   * text is meant to follow the name of the folder.
   *
   * @param names the names of all its files and folders
   */
  public static Optional<String> problem(Collection<String> names) {
    boolean weights =
        names.contains(WEIGHTS) || names.contains(SHARD_INDEX) || names.contains(SCRIPTED);
    if (names.contains(CONFIG) && weights) {
      // transformers applies the adapter where PEFT is installed, and ignores it elsewhere.
      return names.contains(ForeignModel.ADAPTER)
          ? Optional.of(
              "holds weights and an adapter (LoRA), which are two models; merge it by "
                  + ForeignModel.MERGE
                  + " and give OUT, or take "
                  + ForeignModel.ADAPTER
                  + " away where that has been done")
          : Optional.empty();
    }
    return Optional.of(
        ForeignModel.in(names)
            .filter(form -> !weights)
            .orElse(
                "has no "
                    + (names.contains(CONFIG) ? WEIGHTS : CONFIG)
                    + "; name a Hugging Face model directory, or one with a TorchScript module"
                    + " (model.pt), or run 'spark-vit train' first"));
  }

  private static PreprocessorConfig preprocessor(Path directory, ViTConfig config) {
    // Some published ViTs have no such file. Hugging Face's defaults apply then.
    return config.family() == Family.VIT && !ImageProcessor.isIn(directory)
        ? PreprocessorConfig.squash(config.imageSize())
        : ImageProcessor.in(
            directory,
            ImageProcessor.ofModelType(config.family().modelType()).orElse(ImageProcessor.VIT));
  }

  private static Set<String> weightFiles(Path directory) {
    Path index = directory.resolve(SHARD_INDEX);
    if (Files.exists(directory.resolve(WEIGHTS)) || Files.notExists(index)) {
      require(directory, WEIGHTS);
      return Set.of(WEIGHTS);
    }
    Map<String, String> places = places(index);
    Set<String> shards = new TreeSet<>(places.values());
    List<String> missing =
        shards.stream().filter(name -> Files.notExists(directory.resolve(name))).toList();
    if (!missing.isEmpty()) {
      throw new UserException(
          index
              + " lists "
              + shards.size()
              + " files, of which "
              + missing.size()
              + (missing.size() == 1 ? " is" : " are")
              + " not there: "
              + ClassNames.first(missing)
              + "; bring the whole model");
    }
    return shards;
  }

  /** Returns the file that holds each tensor. */
  private static Map<String, String> places(Path index) {
    Map<String, String> places = new TreeMap<>();
    ModelJson.readObject(index)
        .path("weight_map")
        .fields()
        .forEachRemaining(
            e -> {
              String name = e.getValue().asText();
              if (!name.endsWith(".safetensors") || !name.matches("[^/\\\\\\x00]+")) {
                throw new UserException(
                    index + ": weight_map names '" + name + "', not a file beside it");
              }
              places.put(e.getKey(), name);
            });
    if (places.isEmpty()) {
      throw new UserException(index + ": weight_map is absent or empty");
    }
    return places;
  }

  private static Map<String, Tensor> tensors(Path directory) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : weightFiles(directory)) {
      SafeTensors.read(directory.resolve(name))
          .tensors()
          .forEach(
              (key, tensor) -> {
                if (tensors.put(key, tensor) != null) {
                  throw new UserException(
                      directory.resolve(name) + ": tensor " + key + " is in another shard too");
                }
              });
    }
    return tensors;
  }

  /**
   * Returns the tensors under the keys of a classifier. The pooler and the mask token are left out,
   * as they are not used here.
   */
  private static Map<String, Tensor> classifierKeys(Family family, Map<String, Tensor> tensors) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (key, tensor) -> {
          boolean bare =
              key.startsWith("embeddings.")
                  || key.startsWith("encoder.")
                  || key.startsWith("layernorm.")
                  || key.startsWith("pooler.");
          String full = bare ? family.key(key) : key;
          if (!full.startsWith(family.key("pooler."))
              && !full.equals(family.key("embeddings.mask_token"))) {
            renamed.put(full, tensor);
          }
        });
    return renamed;
  }
}
