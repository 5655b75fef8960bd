package org.sparkvit.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.model.runtime.Golden.assertClose;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.runtime.Golden;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ViTSession;

/** What a checkpoint says of its classes, and what scoring and training make of it. */
class CheckpointClassesTest {
  private static final List<String> PETS = List.of("cat", "dog", "owl");
  private static final int BATCH = 2;
  @TempDir Path temp;

  @BeforeAll
  static void threads() {
    PyTorchRuntime.configure(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"multi_label_classification", "regression"})
  void checkpointsWhoseClassesDoNotExcludeEachOtherAreRefusedByNameAndTrainedWithANewHead(
      String problem) {
    Path model = model(PETS);
    edit(model, json -> json.put("problem_type", problem));
    refused(model, "problem_type is '" + problem + "'; it must be 'single_label_classification'");

    ModelDirectory.Loaded loaded = forTraining(model, PETS, false);
    assertThat(loaded.notes())
        .singleElement()
        .asString()
        .contains("the head is drawn anew", "problem_type is '" + problem + "'");
    Path trained = temp.resolve("trained");
    ModelDirectory.write(trained, loaded.checkpoint());
    assertThat(ModelJson.readObject(trained.resolve("config.json")).get("problem_type").asText())
        .isEqualTo("single_label_classification");
    assertThat(ModelDirectory.read(trained)).isEqualTo(loaded.checkpoint());
    assertThat(ModelDirectory.readForEmbeddings(model).config().hiddenSize()).isEqualTo(16);
  }

  @Test
  void quantisedCheckpointsAreRefusedByName() {
    Path model = model(PETS);
    edit(model, json -> json.putObject("quantization_config").put("quant_method", "torchao"));
    String words = "quantization_config is {\"quant_method\":\"torchao\"}; it must be absent";
    refused(model, words);
    assertThatThrownBy(() -> forTraining(model, PETS, false)).hasMessageContaining(words);
  }

  @Test
  void oneLabelIsRefusedByNameAndTrainedWithANewHead() {
    Path model = model(List.of("score"));
    refused(model, "number of labels is 1; it must be 2 or more: a single one is a regression");
    edit(model, json -> json.remove("id2label"));
    edit(model, json -> json.remove("label2id"));
    edit(model, json -> json.put("num_labels", 1));
    refused(model, "number of labels is 1");
    assertThat(forTraining(model, PETS, false).checkpoint().config().labels()).isEqualTo(PETS);
  }

  @Test
  void twoClassesOfOneNameAreToldApartByTheirNumberAndSaidOnce() {
    List<String> imagenet = new ArrayList<>(Golden.labels(1000));
    imagenet.set(134, "crane");
    imagenet.set(517, "crane");
    Path model = model(Golden.labels(1000));
    edit(
        model,
        json -> {
          ObjectNode names = json.putObject("id2label");
          IntStream.range(0, 1000).forEach(i -> names.put("" + i, imagenet.get(i)));
          ObjectNode ids = json.putObject("label2id");
          IntStream.range(0, 1000).forEach(i -> ids.put(imagenet.get(i), i));
        });
    ModelDirectory.Loaded loaded = ModelDirectory.load(model);
    imagenet.set(134, "crane (134)");
    imagenet.set(517, "crane (517)");
    assertThat(loaded.checkpoint().config().labels()).isEqualTo(imagenet);
    assertThat(loaded.notes())
        .singleElement()
        .asString()
        .startsWith(
            "classes of one name are told apart by their number: 'crane (134)', 'crane (517)'");
    assertThat(ModelDirectory.readForEmbeddings(model).config().labels()).hasSize(2);
    assertThat(forTraining(model, List.of("crane", "heron"), false).checkpoint().config().labels())
        .containsExactly("crane", "heron");
  }

  @Test
  void namesThatDifferInWhiteSpaceAloneAreToldApart() {
    assertThat(names("{'id2label':{'0':'tabby  cat','1':' tabby cat','2':'dog '}}").names())
        .containsExactly("tabby cat (0)", "tabby cat (1)", "dog ");
    // A name that is taken already is not given twice.
    assertThat(names("{'id2label':{'0':'a','1':'a','2':'a (0)'}}").names())
        .containsExactly("a (0)'", "a (1)", "a (0)");
  }

  @Test
  void idsMayComeInAnyOrderAndAsNumbersForNames() {
    assertThat(names("{'id2label':{'2':7,'0':5,'1':6}}").names()).containsExactly("5", "6", "7");
    assertThat(names("{'num_labels':3}").names()).containsExactly("LABEL_0", "LABEL_1", "LABEL_2");
    assertThat(names("{'num_labels':null,'id2label':null}").names()).hasSize(2);
  }

  @Test
  void id2labelCountsWhereLabel2idContradictsIt() {
    ClassNames names = names("{'id2label':{'0':'cat','1':'dog'},'label2id':{'cat':1,'dog':0}}");
    assertThat(names.names()).containsExactly("cat", "dog");
    assertThat(names.notes())
        .containsExactly(
            "label2id has 1 for 'cat' where id2label has 0; id2label counts, as in transformers");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'id2label':{'0':'a','2':'b'}}|id2label is without class 1",
        "{'id2label':{'x':'a','1':'b'}}|id2label is x -> \"a\"; it must be a number to a label",
        "{'id2label':{'0':'a','1':null}}|id2label is 1 -> null; it must be a number to a label",
        "{'id2label':{'0':'a','1':' '}}|id2label is without a name for class 1",
        "{'id2label':{'0':'a','1':'b','01':'c'}}|id2label is twice for class 01",
        "{'id2label':['a','b']}|id2label is [\"a\",\"b\"]; it must be an object",
        "{'id2label':{}}|number of labels is 0",
        "{'label2id':{'a':0,'b':1}}|id2label is absent; it must be there where label2id is",
        "{'num_labels':3,'id2label':{'0':'a','1':'b'}}|num_labels is 3; it must be the number of",
        "{'num_labels':0}|num_labels is 0; it must be 1 to 1000000",
        "{'problem_type':7}|problem_type is 7; it must be a string"
      })
  void classesThatCannotBeToldAreRefusedByName(String json, String message) {
    assertThatThrownBy(() -> names(json))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("config.json: " + message);
  }

  @Test
  void moreLabelsThanRowsOfTheHeadAreRefusedAndATrainingDrawsItAnew() {
    Path model = model(PETS);
    edit(model, json -> ((ObjectNode) json.get("id2label")).put("3", "cow"));
    refused(model, "the head does not fit the labels of config.json, which are 4");
    assertThat(forTraining(model, PETS, false).notes())
        .containsExactly(
            "the head is drawn anew: the checkpoint's does not fit the classes of its config.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vit-sharded", "deit-distilled", "dinov2", "timm-deit3"})
  void theSameClassesInAnotherOrderKeepTheirLogits(String name) {
    Path model = Golden.ROOT.resolve("families").resolve(name);
    ModelDirectory.Loaded loaded = forTraining(model, List.of("owl", "cat", "dog"), false);
    assertThat(loaded.notes())
        .containsExactly(
            "the head is the checkpoint's, its 3 rows in the order of the data's classes;"
                + " --new-head draws all of it anew");
    float[] own = logits(ModelDirectory.read(model));
    float[] permuted = logits(loaded.checkpoint());
    for (int i = 0; i < BATCH; i++) {
      assertClose(
          new float[] {permuted[3 * i + 1], permuted[3 * i + 2], permuted[3 * i]},
          new float[] {own[3 * i], own[3 * i + 1], own[3 * i + 2]},
          1e-5f);
    }
  }

  @Test
  void classesInCommonKeepTheirRowsAndOthersAreDrawn() {
    Path model = model(PETS);
    Checkpoint own = ModelDirectory.read(model);
    ModelDirectory.Loaded loaded = forTraining(model, List.of("ant", "dog"), false);
    assertThat(loaded.notes())
        .containsExactly(
            "the head keeps the checkpoint's rows of 1 class; drawn anew for: ant; left out:"
                + " cat, owl; --new-head draws all of it anew");
    Checkpoint fresh = own.withNewHead(List.of("ant", "dog"), 1);
    assertThat(row(loaded.checkpoint(), 0)).isEqualTo(row(fresh, 0));
    assertThat(row(loaded.checkpoint(), 1)).isEqualTo(row(own, 1));
    assertThat(forTraining(model, List.of("x", "y"), false).notes())
        .containsExactly(
            "the head is drawn anew: the checkpoint has other classes (cat, dog, owl)");
  }

  @Test
  void aNewHeadIsDrawnOnRequestEvenForTheSameClasses() {
    Path model = model(PETS);
    Checkpoint own = ModelDirectory.read(model);
    assertThat(forTraining(model, PETS, false).checkpoint()).isEqualTo(own);
    ModelDirectory.Loaded drawn = forTraining(model, PETS, true);
    assertThat(drawn.checkpoint()).isEqualTo(own.withNewHead(PETS, 1)).isNotEqualTo(own);
    assertThat(drawn.notes()).containsExactly("the head is drawn anew: as --new-head asks");
  }

  @Test
  void aPreparationThatNobodyNamedIsSaid() throws IOException {
    Path model = model(PETS);
    Files.delete(model.resolve("preprocessor_config.json"));
    assertThat(ModelDirectory.load(model).notes())
        .singleElement()
        .asString()
        .startsWith(
            "there is no preprocessor_config.json: images are prepared as ViTImageProcessor");
    assertThat(forTraining(model, PETS, true).notes()).hasSize(2);
  }

  private static float[] row(Checkpoint checkpoint, int index) {
    float[] all = checkpoint.tensors().get("classifier.weight").toFloats();
    return Arrays.copyOfRange(all, 16 * index, 16 * (index + 1));
  }

  private static float[] logits(Checkpoint checkpoint) {
    int side = checkpoint.config().imageSize();
    ByteBuffer pixels = Golden.pixels(BATCH, side, 0);
    try (ViTSession session = ViTSession.open(checkpoint, Golden.DEVICE, Precision.FP32)) {
      return session.logits(pixels, BATCH);
    }
  }

  private static ModelDirectory.Loaded forTraining(
      Path model, List<String> labels, boolean newHead) {
    return ModelDirectory.readForTraining(model, labels, OptionalInt.empty(), newHead, 1);
  }

  private Path model(List<String> labels) {
    Path model = temp.resolve("model");
    ViTConfig config = ViTConfig.of(16, 1, 2, 32, 16, 4, labels);
    ModelDirectory.write(model, Checkpoint.random(config, PreprocessorConfig.squash(16), 7));
    return model;
  }

  private static void edit(Path model, Consumer<ObjectNode> change) {
    Path file = model.resolve("config.json");
    ObjectNode json = ModelJson.readObject(file);
    change.accept(json);
    ModelJson.writeObject(file, json);
  }

  private static ClassNames names(String json) {
    try {
      return ClassNames.read(
          (ObjectNode) ModelJson.JSON.readTree(json.replace('\'', '"')), "config.json");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void refused(Path model, String message) {
    assertThatThrownBy(() -> ModelDirectory.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
