package org.sparkvit.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.Family;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ViTSession;

class AgreementTest extends SparkTest {
  private static final int IMAGES = 150;
  private static final int SIDE = 16;
  private static final int CLASSES = 40;

  @TempDir private Path folder;
  private final byte[][] noise = new byte[IMAGES][3 * SIDE * SIDE];
  private Path directory;

  @BeforeEach
  void writeModelAndImages() throws IOException {
    directory = writeModel(1);
    for (int i = 0; i < IMAGES; i++) {
      new SplittableRandom(i).nextBytes(noise[i]);
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
      image.getRaster().setDataElements(0, 0, SIDE, SIDE, noise[i]);
      ImageIO.write(image, "png", file(i).toFile());
    }
  }

  private Path writeModel(long seed) {
    List<String> labels = new ArrayList<>();
    for (int k = 0; k < CLASSES; k++) {
      labels.add("class " + k);
    }
    ViTConfig c = ViTConfig.of(16, 2, 2, 32, SIDE, 4, labels);
    // Weights far wider than usual, so that the answer depends on the image.
    ViTConfig config =
        new ViTConfig(
            Family.VIT,
            16,
            2,
            2,
            32,
            c.activation(),
            1e-12,
            SIDE,
            4,
            true,
            0.5,
            0,
            0,
            labels,
            c.other());
    Path model = folder.resolve("model" + seed);
    ModelDirectory.write(model, Checkpoint.random(config, PreprocessorConfig.squash(SIDE), seed));
    return model;
  }

  private Path file(int i) {
    return folder.resolve("image-" + i + ".png");
  }

  private Dataset<Row> images(String status) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      rows.add(
          TableRow.image(file(i))
              .with(ImagesTable.LABEL, "class 0")
              .with(ImagesTable.WIDTH, SIDE)
              .with(ImagesTable.HEIGHT, SIDE)
              .with(ImagesTable.STATUS, status)
              .build());
    }
    return spark.createDataFrame(rows, ImagesTable.SPEC.schema());
  }

  private SharedModel model(String precision) {
    return SharedModel.distribute(spark, directory, "cpu", precision);
  }

  /** With 40 nearly equal classes, rounding changes some answers; the sessions say how many. */
  @Test
  void shareOfEqualAnswers() throws IOException {
    int[] int8 = answers(Precision.INT8);
    int[] fp32 = answers(Precision.FP32);
    int equal = 0;
    for (int i = 0; i < IMAGES; i++) {
      equal += int8[i] == fp32[i] ? 1 : 0;
    }
    assertThat(equal).isBetween(IMAGES / 2, IMAGES - 1);
    for (int partitions : new int[] {1, 3, 7}) {
      Dataset<Row> images = images("OK").repartition(partitions);
      assertThat(Agreement.measure(spark, images, model("int8"), model("fp32"), 8, 2))
          .isCloseTo((double) equal / IMAGES, within(1e-12));
      assertThat(Agreement.measure(spark, images, model("fp32"), model("fp32"), 8, 2)).isEqualTo(1);
    }
  }

  @Test
  void unusableImagesDoNotCount() throws IOException {
    Dataset<Row> images = images("OK").union(images("EMPTY"));
    assertThat(Agreement.measure(spark, images, model("fp32"), model("fp32"), 8, 2)).isEqualTo(1);
    assertThat(Agreement.measure(spark, images("EMPTY"), model("int8"), model("fp32"), 8, 2))
        .isNaN();
  }

  @Test
  void twoModelsAreRefused() throws IOException {
    Dataset<Row> images = images("OK");
    SharedModel int8 = model("int8");
    SharedModel other = SharedModel.distribute(spark, writeModel(2), "cpu", "fp32");
    assertThatThrownBy(() -> Agreement.measure(spark, images, int8, other, 8, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(other.hash());
  }

  private int[] answers(Precision precision) {
    PyTorchRuntime.configure(1);
    ByteBuffer pixels = ByteBuffer.allocateDirect(3 * SIDE * SIDE);
    int[] answers = new int[IMAGES];
    try (ViTSession session = ViTSession.open(directory, PyTorchRuntime.device("cpu"), precision)) {
      for (int i = 0; i < IMAGES; i++) {
        pixels.put(0, noise[i]);
        float[] logits = session.logits(pixels, 1);
        for (int k = 1; k < logits.length; k++) {
          answers[i] = logits[k] > logits[answers[i]] ? k : answers[i];
        }
      }
    }
    return answers;
  }
}
