package org.sparkvit.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.sparkvit.model.runtime.Golden.assertClose;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.AdamW;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.runtime.Golden;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ViTSession;
import org.sparkvit.model.runtime.ViTTrainingSession;

/**
 * Against the logits that transformers and timm gave the models which {@code
 * src/test/python/make_family_fixtures.py} saved with them.
 */
class FamilyTest {
  private static final Device DEVICE = Golden.DEVICE;
  private static final Path ROOT = Golden.ROOT.resolve("families");
  private static final int BATCH = 3;
  @TempDir Path temp;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  @ParameterizedTest
  @CsvSource({
    "vit-sharded, VIT",
    "deit, DEIT",
    "deit-distilled, DEIT_DISTILLED",
    "dinov2, DINOV2",
    "dinov2-larger, DINOV2",
    "dinov2-gated, DINOV2_GATED",
    "timm-vit, VIT",
    "timm-deit-distilled, DEIT_DISTILLED",
    "timm-deit3, DINOV2",
    "timm-dinov2, DINOV2"
  })
  void logitsAreThoseOfTheFamilysOwnLibrary(String name, Family family) {
    Checkpoint checkpoint = ModelDirectory.read(ROOT.resolve(name));
    assertThat(checkpoint.config().family()).isEqualTo(family);
    assertThat(checkpoint.config().labels()).containsExactly("cat", "dog", "owl");
    float[] expected = Golden.floats(golden(name).get("logits"));
    float[] logits = logits(checkpoint, Precision.FP32);
    assertClose(logits, expected, 1e-5f);

    Path written = temp.resolve(name);
    ModelDirectory.write(written, checkpoint);
    assertThat(json(written.resolve("config.json")).get("model_type").asText())
        .isEqualTo(family.modelType());
    assertThat(ModelDirectory.read(written)).isEqualTo(checkpoint);
    assertThat(logits(ModelDirectory.read(written), Precision.FP32)).isEqualTo(logits);
  }

  /**
   * Tolerances are some hundredths of the logits' size; other numbers than in fp32 they must be.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"deit", "deit-distilled", "dinov2", "dinov2-gated", "timm-vit", "timm-deit3"})
  void otherPrecisionsAreNearFloat32(String name) throws IOException {
    Checkpoint checkpoint = ModelDirectory.read(ROOT.resolve(name));
    float[] exact = logits(checkpoint, Precision.FP32);
    for (Precision precision : List.of(Precision.BF16, Precision.FP16, Precision.INT8)) {
      float[] near = logits(checkpoint, precision);
      assertClose(near, exact, precision == Precision.FP16 ? 0.01f : 0.15f);
      assertThat(near).as("%s", precision).isNotEqualTo(exact);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"deit", "deit-distilled", "dinov2", "dinov2-gated", "timm-vit", "timm-deit3"})
  void trainingReachesEveryTensorAndLowersTheLoss(String name) {
    Checkpoint start = ModelDirectory.read(ROOT.resolve(name));
    for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
      try (ViTTrainingSession session =
          ViTTrainingSession.open(start, AdamW.withWeightDecay(0), DEVICE, precision)) {
        double first = step(session);
        double last = first;
        for (int i = 0; i < 30; i++) {
          last = step(session);
        }
        assertThat(last).as("%s", precision).isLessThan(first / 2);
        Checkpoint trained = session.checkpoint();
        trained
            .tensors()
            .forEach(
                (key, tensor) ->
                    assertThat(tensor.toFloats())
                        .as(key)
                        .doesNotContain(Float.NaN)
                        .isNotEqualTo(start.tensors().get(key).toFloats()));
        if (precision == Precision.FP32) {
          assertClose(session.logits(pixels(), BATCH), logits(trained, Precision.FP32), 1e-5f);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vit-sharded", "deit", "deit-distilled", "dinov2", "dinov2-gated"})
  void lossAndGradientAreThoseOfTransformers(String name) {
    JsonNode golden = golden(name);
    try (ViTTrainingSession session =
        ViTTrainingSession.open(
            ModelDirectory.read(ROOT.resolve(name)),
            AdamW.withWeightDecay(0),
            DEVICE,
            Precision.FP32)) {
      double loss = session.backward(Golden.batch(pixels(), new int[] {0, 1, 2}, 3), BATCH);
      assertThat(loss).isCloseTo(golden.get("loss").doubleValue(), within(1e-5));
      double norm = golden.get("norm").doubleValue();
      assertThat(session.update(0, 1)).isCloseTo(norm, within(1e-5 * norm));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vit-sharded", "deit", "deit-distilled", "dinov2", "dinov2-larger"})
  void positionsOfOtherSidesAreInterpolatedAsInTransformers(String name) {
    // The larger one is interpolated from 28 pixels at once; by way of 16 it would be another.
    Checkpoint checkpoint =
        ModelDirectory.readForTraining(
                ROOT.resolve(name), List.of("cat", "dog", "owl"), OptionalInt.of(24), false, 1)
            .checkpoint();
    assertThat(checkpoint.preprocessor().yields(24)).isTrue();
    try (ViTSession session = ViTSession.open(checkpoint, DEVICE, Precision.FP32)) {
      assertClose(
          session.logits(Golden.pixels(BATCH, 24, 0), BATCH),
          Golden.floats(golden(name).get("larger")),
          1e-5f);
    }
  }

  @Test
  void embeddingsAreWhatTheHeadReads() {
    float[] deit = embeddings("deit-headless");
    float[] tokens = Golden.floats(golden("deit-headless").get("tokens"));
    float[] dinov2 = embeddings("dinov2-headless");
    float[] others = Golden.floats(golden("dinov2-headless").get("tokens"));
    assertThat(deit).hasSize(BATCH * 16);
    assertThat(dinov2).hasSize(BATCH * 32);
    for (int image = 0; image < BATCH; image++) {
      assertClose(
          Arrays.copyOfRange(deit, image * 16, image * 16 + 16),
          Arrays.copyOfRange(tokens, image * 18 * 16, image * 18 * 16 + 16),
          1e-5f);
      float[] expected = new float[32];
      for (int token = 0; token < 17; token++) {
        for (int i = 0; i < 16; i++) {
          float value = others[(image * 17 + token) * 16 + i];
          expected[token == 0 ? i : 16 + i] += token == 0 ? value : value / 16;
        }
      }
      assertClose(Arrays.copyOfRange(dinov2, image * 32, image * 32 + 32), expected, 1e-5f);
    }
  }

  private static float[] embeddings(String name) {
    Checkpoint start =
        ModelDirectory.readForTraining(
                ROOT.resolve(name), List.of("a", "b"), OptionalInt.empty(), false, 1)
            .checkpoint();
    assertThat(start.config().labels()).containsExactly("a", "b");
    try (ViTSession session = ViTSession.open(start, DEVICE, Precision.FP32)) {
      assertThat(session.config().embeddingSize() * BATCH)
          .isEqualTo(session.embeddings(pixels(), BATCH).length);
      return session.embeddings(pixels(), BATCH);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"deit-headless", "dinov2-headless"})
  void withoutATrainedHeadNothingIsScored(String name) {
    refused(
        ROOT.resolve(name),
        name
            + ": the checkpoint has no trained head (classifier.weight is absent), so it cannot"
            + " label images; fine-tune it with 'spark-vit train --from' first");
  }

  @Test
  void timmsHeadlessModelsStartATraining() throws IOException {
    Path model = copy("timm-dinov2");
    Map<String, Tensor> tensors = tensors(model);
    tensors.remove("head.weight");
    tensors.remove("head.bias");
    write(model, tensors);
    edit(model, "\"num_classes\": 3", "\"num_classes\": 0");
    edit(model, "\"label_names\": [", "\"x\": [");
    refused(model, "no trained head (classifier.weight is absent)");
    Checkpoint start =
        ModelDirectory.readForTraining(model, List.of("a", "b"), OptionalInt.empty(), false, 1)
            .checkpoint();
    assertThat(start.tensors().get("classifier.weight").shape()).containsExactly(2L, 32L);
    assertThat(start.tensors().get("dinov2.encoder.layer.1.layer_scale2.lambda1"))
        .isEqualTo(tensors.get("blocks.1.ls2.gamma"));
  }

  @Test
  void newHeadsOfADistilledModelAreTwo() {
    Checkpoint start =
        ModelDirectory.readForTraining(
                ROOT.resolve("deit-distilled"), List.of("a", "b"), OptionalInt.empty(), false, 1)
            .checkpoint();
    for (String head : List.of("cls_classifier", "distillation_classifier")) {
      assertThat(start.tensors().get(head + ".weight").shape()).containsExactly(2L, 16L);
    }
    assertThat(start.tensors().get("cls_classifier.weight"))
        .isNotEqualTo(start.tensors().get("distillation_classifier.weight"));
  }

  @Test
  void preprocessingIsThatOfTheDirectory() {
    List<Double> mean = List.of(0.485, 0.456, 0.406);
    List<Double> std = List.of(0.229, 0.224, 0.225);
    PreprocessorConfig squashed =
        new PreprocessorConfig(
            true, 18, 18, 0, 3, true, 16, 16, false, true, 1 / 255.0, true, mean, std);
    PreprocessorConfig shortest =
        new PreprocessorConfig(
            true, 0, 0, 18, 3, true, 16, 16, false, true, 1 / 255.0, true, mean, std);
    assertThat(ModelDirectory.read(ROOT.resolve("deit")).preprocessor()).isEqualTo(squashed);
    assertThat(ModelDirectory.read(ROOT.resolve("dinov2")).preprocessor()).isEqualTo(shortest);
    assertThat(ModelDirectory.read(ROOT.resolve("dinov2-larger")).preprocessor())
        .isEqualTo(shortest);
    // 16 pixels are 0.9 of 17.8.
    assertThat(ModelDirectory.read(ROOT.resolve("timm-deit3")).preprocessor())
        .returns(17, PreprocessorConfig::shortestEdge)
        .returns(16, PreprocessorConfig::cropWidth)
        .returns(3, PreprocessorConfig::resample)
        .returns(mean, PreprocessorConfig::imageMean)
        .returns(std, PreprocessorConfig::imageStd);
    assertThat(ModelDirectory.read(ROOT.resolve("timm-vit")).preprocessor().imageMean())
        .containsExactly(0.5, 0.5, 0.5);
  }

  @Test
  void dinov2IsFittedToTheImagesOfItsPreprocessor() {
    Checkpoint larger = ModelDirectory.read(ROOT.resolve("dinov2-larger"));
    assertThat(larger.config().imageSize()).isEqualTo(16);
    assertThat(larger.tensors().get("dinov2.embeddings.position_embeddings").shape())
        .containsExactly(1L, 17L, 16L);
  }

  @Test
  void theHeadMustFitTheLabels() throws IOException {
    Path model = copy("deit-distilled");
    edit(model, "\"2\": \"owl\"", "\"2\": \"owl\", \"3\": \"cow\"");
    refused(
        model,
        ": the head does not fit the labels of config.json, which are 4: cls_classifier.weight is"
            + " [3, 16], not [4, 16], cls_classifier.bias is [3], not [4],"
            + " distillation_classifier.weight is [3, 16], not [4, 16],"
            + " distillation_classifier.bias is [3], not [4]; give it the labels that the head was"
            + " trained for");
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16", "F64"})
  void tensorsWithNanAreNamed(DType dtype) throws IOException {
    Path model = copy("dinov2");
    Map<String, Tensor> tensors = tensors(model);
    float[] values = tensors.get("dinov2.layernorm.bias").toFloats();
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      values[7] = bad;
      tensors.put("dinov2.layernorm.bias", tensor(values, dtype));
      tensors.put("classifier.bias", tensor(new float[] {1, 2, bad}, dtype));
      write(model, tensors);
      refused(
          model,
          ": NaN or infinite numbers in tensors (2): dinov2.layernorm.bias, classifier.bias; the"
              + " file is damaged or its training diverged: use another checkpoint");
    }
    tensors.put("dinov2.layernorm.bias", tensor(new float[16], dtype));
    tensors.put("classifier.bias", tensor(new float[] {65504, -65504, 6e-8f}, dtype));
    write(model, tensors);
    assertThat(ModelDirectory.read(model).config().family()).isEqualTo(Family.DINOV2);
  }

  @Test
  void whatDoesNotFitIsNamedAndCounted() throws IOException {
    Path model = copy("dinov2");
    Map<String, Tensor> tensors = tensors(model);
    tensors.keySet().removeIf(key -> key.startsWith("dinov2.encoder.layer.1."));
    tensors.put("dinov2.embeddings.register_tokens", Tensor.of(new float[16], 1, 1, 16));
    write(model, tensors);
    refused(
        model,
        ": weights do not fit config.json: missing (18):"
            + " dinov2.encoder.layer.1.attention.attention.query.weight,");
    refused(model, ", ...; unexpected (1): dinov2.embeddings.register_tokens");
  }

  @Test
  void aPreprocessorIsNeededWhereDefaultsWouldBeAGuess() throws IOException {
    Path model = copy("dinov2");
    Files.delete(model.resolve("preprocessor_config.json"));
    refused(model, "preprocessor_config.json: no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vit_tiny_patch16_224|resnet50|architecture is 'resnet50'; it must be one of timm's vit_*",
        "vit_tiny_patch16_224|vit_base_patch16_rope_ape_224|architecture is 'vit_base_patch16_rope",
        "vit_tiny_patch16_224|vit_base_patch16_clip_quickgelu_224|it must be one with the usual GE",
        "'\"token\"'|'\"avg\"'|global_pool is 'avg'; it must be 'token': heads on the class token",
        "'\"mlp_ratio\"'|'\"qk_norm\"'|config.json: model_args: qk_norm is 2; it must be absent",
        "'\"num_heads\": 2,'|''|the number of heads of a model of width 16 is not known; give it",
        "bicubic|random|pretrained_cfg: interpolation is 'random'; it must be one of",
        "center|border|pretrained_cfg: crop_mode is 'border'; it must be 'center' or 'squash'",
        "'\"crop_pct\": 0.9'|'\"crop_pct\": 2'|pretrained_cfg: crop_pct is 2.0; it must be above 0",
        "'\"num_classes\": 3'|'\"num_classes\": 4'|it must be a list of num_classes = 4 names",
        "'\"img_size\": 16'|'\"img_size\": [16, 24]'|model_args: img_size is [16,24]; it must be a"
            + " squ",
        "'\"img_size\": 16'|'\"img_size\": 20'|model_args: img_size is 20; it must be 16, as its",
        "'\"img_size\": 16'|'\"no_embed_class\": true'|its 17 patches make no square; only square",
        "'\"img_size\": 16'|'\"dynamic_img_size\": true'|input_size is [3,224,224]; it must be [3,"
            + " 16, 16]"
      })
  void timmsOtherModelsAreRefused(String from, String to, String message) throws IOException {
    Path model = copy("timm-vit");
    edit(model, from, to);
    refused(model, message);
  }

  @Test
  void patchesOfAnImageThatIsNotSquareAreNotTakenForThoseOfASquare() throws IOException {
    Path model = copy("timm-vit");
    Map<String, Tensor> tensors = tensors(model);
    // 4 x 6 patches and the class token are as many as 5 x 5 patches.
    tensors.put("pos_embed", Tensor.of(new float[25 * 16], 1, 25, 16));
    write(model, tensors);
    edit(model, "\"img_size\": 16,", "");
    refused(model, "its 24 patches make no square; only square images are read yet, and any");
    edit(model, "\"input_size\": [", "\"input_size\": [3, 16, 24], \"x\": [");
    refused(model, "pretrained_cfg: input_size is [3,16,24]; it must be a square");
  }

  @Test
  void timmsEarlierConfigurationsAreFlat() throws IOException {
    Path model = copy("timm-vit");
    ObjectNode config = (ObjectNode) json(model.resolve("config.json"));
    ObjectNode pretrained = (ObjectNode) config.remove("pretrained_cfg");
    pretrained.remove("num_classes");
    config.setAll(pretrained);
    Files.writeString(model.resolve("config.json"), config.toString());
    assertThat(ModelDirectory.read(model)).isEqualTo(ModelDirectory.read(ROOT.resolve("timm-vit")));
  }

  @Test
  void tensorsThatTimmsPlainModelsLackAreNamed() throws IOException {
    Path model = copy("timm-vit");
    Map<String, Tensor> tensors = tensors(model);
    tensors.put("reg_token", Tensor.of(new float[16], 1, 1, 16));
    tensors.put("blocks.0.attn.q_norm.weight", Tensor.of(new float[8], 8));
    write(model, tensors);
    refused(model, "unexpected (2): reg_token, blocks.0.attn.q_norm.weight");
    tensors.remove("cls_token");
    write(model, tensors);
    refused(model, "tensor cls_token is missing; a timm ViT with a class token has one");
  }

  private static double step(ViTTrainingSession session) {
    double loss = session.backward(Golden.batch(pixels(), new int[] {0, 1, 2}, 3), BATCH);
    session.update(0.01, 1);
    return loss;
  }

  private static float[] logits(Checkpoint checkpoint, Precision precision) {
    try (ViTSession session = ViTSession.open(checkpoint, Golden.device(precision), precision)) {
      return session.logits(pixels(), BATCH);
    }
  }

  private static ByteBuffer pixels() {
    return Golden.pixels(BATCH, 16, 0);
  }

  private static Tensor tensor(float[] values, DType dtype) {
    Tensor tensor = Tensor.of(values, values.length);
    return switch (dtype) {
      case F16 -> new Tensor(dtype, tensor.shape(), tensor.toF16Bytes());
      case BF16 -> new Tensor(dtype, tensor.shape(), tensor.toBf16Bytes());
      case F64 -> {
        ByteBuffer bytes =
            ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, values.length).forEach(i -> bytes.putDouble(values[i]));
        yield new Tensor(dtype, tensor.shape(), bytes.flip());
      }
      default -> tensor;
    };
  }

  private Path copy(String name) throws IOException {
    Path model = Files.createDirectories(temp.resolve("copy-of-" + name));
    try (var files = Files.list(ROOT.resolve(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    return model;
  }

  private static Map<String, Tensor> tensors(Path model) {
    return new LinkedHashMap<>(SafeTensors.read(model.resolve("model.safetensors")).tensors());
  }

  private static void write(Path model, Map<String, Tensor> tensors) {
    SafeTensors.write(model.resolve("model.safetensors"), Map.of("format", "pt"), tensors);
  }

  private static void edit(Path model, String from, String to) throws IOException {
    Path config = model.resolve("config.json");
    String text = Files.readString(config);
    assertThat(text).contains(from);
    Files.writeString(config, text.replaceFirst(Pattern.quote(from), to));
  }

  private static void refused(Path model, String message) {
    assertThatThrownBy(() -> ModelDirectory.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  private static JsonNode golden(String name) {
    return json(ROOT.resolve("golden.json")).get(name);
  }

  private static JsonNode json(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
