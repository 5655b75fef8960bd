package org.sparkvit.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.Explainer;
import org.sparkvit.model.runtime.Golden;
import org.sparkvit.model.runtime.ScriptedSession;
import org.sparkvit.model.runtime.ViTSession;

/** What the driver gives to Spark is all that a task needs to compute what the model computes. */
class SharedModelFileTest extends SparkTest {
  private static final int IMAGES = 2;

  @TempDir Path temp;

  /** Writes a model of its own for each seed, so that Spark does not know its file yet. */
  private Path write(long seed) {
    ViTConfig config = ViTConfig.of(16, 2, 2, 32, 16, 4, List.of("a", "b", "c"));
    Path directory = temp.resolve("model-" + seed);
    ModelDirectory.write(directory, Checkpoint.random(config, PreprocessorConfig.squash(16), seed));
    return directory;
  }

  private static List<String> files() {
    List<String> files = new ArrayList<>();
    spark.sparkContext().listFiles().foreach(file -> files.add(file));
    return files;
  }

  private static float[] logits(SharedModel model) {
    MapFunction<Long, float[]> run =
        one -> model.session().logits(Golden.pixels(IMAGES, 16, 0), IMAGES);
    return spark.range(1).as(Encoders.LONG()).map(run, Encoders.kryo(float[].class)).head();
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "fp32", "bf16", "int8"})
  void aTaskNeedsOneFileAndNotTheDirectory(String precision) {
    Path directory = write(precision.hashCode());
    Device cpu = Device.cpu();
    float[] expected;
    try (ViTSession session = ViTSession.open(directory, cpu, Precision.of(precision, cpu))) {
      expected = session.logits(Golden.pixels(IMAGES, 16, 0), IMAGES);
    }
    List<String> before = files();
    SharedModel model = SharedModel.distribute(spark, directory, "cpu", precision);
    List<String> added = files();
    added.removeAll(before);
    assertThat(added).singleElement().asString().endsWith(".pt");
    SharedModel again = SharedModel.distribute(spark, directory, "cpu", precision);
    assertThat(files()).hasSize(before.size() + 1);
    assertThat(FileUtil.fullyDelete(directory.toFile())).isTrue();
    assertThat(logits(model)).isEqualTo(expected);
    assertThat(logits(again)).isEqualTo(expected);
  }

  @Test
  void aModelThatIsReadForItsEmbeddingsIsAnother() {
    Path directory = write(7);
    List<String> before = files();
    SharedModel labels = SharedModel.distribute(spark, directory, "cpu", "fp32");
    SharedModel embeddings =
        SharedModel.distribute(spark, directory, "cpu", "fp32", ModelOutput.EMBEDDINGS);
    assertThat(files()).hasSize(before.size() + 2);
    assertThat(embeddings.hash()).isEqualTo(labels.hash());
    // Its head is drawn.
    assertThat(logits(embeddings)).isNotEqualTo(logits(labels));
  }

  @Test
  void explanationsComeFromAFileOfTheirOwn() {
    Path directory = write(8);
    SharedModel model = SharedModel.distributeForExplaining(spark, directory, "cpu");
    ByteBuffer pixels = Golden.pixels(IMAGES, 16, 0);
    try (Explainer own = Explainer.open(ModelDirectory.read(directory), Device.cpu())) {
      MapFunction<Long, float[]> run =
          one -> model.explainer().explain(Golden.pixels(IMAGES, 16, 0), IMAGES).rollout();
      assertThat(spark.range(1).as(Encoders.LONG()).map(run, Encoders.kryo(float[].class)).head())
          .isEqualTo(own.explain(pixels, IMAGES).rollout());
    }
    SharedModel other = SharedModel.distribute(spark, directory, "cpu", "fp32");
    assertThatThrownBy(other::explainer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was not distributed for explaining");
  }

  @Test
  void anyTorchScriptModuleIsOneFileToo() {
    Path directory = Golden.ROOT.resolve("scripted");
    List<String> before = files();
    SharedModel model = SharedModel.distribute(spark, directory, "cpu", "auto");
    assertThat(files()).hasSizeLessThanOrEqualTo(before.size() + 1);
    int side = model.input().height();
    MapFunction<Long, float[]> run =
        one -> model.session().logits(Golden.pixels(IMAGES, side, 0), IMAGES);
    try (ScriptedSession own = ScriptedSession.open(directory, Device.cpu())) {
      assertThat(spark.range(1).as(Encoders.LONG()).map(run, Encoders.kryo(float[].class)).head())
          .isEqualTo(own.logits(Golden.pixels(IMAGES, side, 0), IMAGES));
    }
  }

  @Test
  void precisionsThatAreNoneAreRefusedBeforeAnyTask() {
    Path directory = write(9);
    assertThatThrownBy(() -> SharedModel.distribute(spark, directory, "cpu", "fp64"))
        .isInstanceOf(UserException.class)
        .hasMessage("unknown precision 'fp64'; use auto, fp32, bf16, fp16 or int8");
  }
}
