package org.sparkvit.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.loading.ImageBatches;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageSource;
import org.sparkvit.loading.PreparedImage;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ViTSession;

/** Broken images in every position of a batch: no result ever lands on another image's row. */
class RowOrderTest extends SparkTest {
  private static final int SIDE = 16;

  /** Three batches of four. */
  private static final int ROWS = 12;

  private static final List<String> LABELS = List.of("red", "green", "blue");
  private static final PreprocessSpec INPUT =
      PreprocessSpec.squash(SIDE, SIDE, ResampleFilter.BILINEAR);

  @TempDir private Path folder;
  private final List<byte[]> contents = new ArrayList<>();

  @BeforeEach
  void drawImages() throws IOException {
    for (int i = 0; i < ROWS; i++) {
      BufferedImage image = new BufferedImage(SIDE + i, 30, BufferedImage.TYPE_3BYTE_BGR);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(Color.getHSBColor(i / (float) ROWS, 0.9f, 0.4f + 0.05f * i));
      graphics.fillRect(0, 0, image.getWidth(), 10 + i);
      graphics.dispose();
      Path file = folder.resolve("image-" + i + ".png");
      ImageIO.write(image, "png", file.toFile());
      contents.add(Files.readAllBytes(file));
    }
    Files.write(folder.resolve("empty.png"), new byte[0]);
    Files.writeString(folder.resolve("text.png"), "no image");
    Files.write(folder.resolve("cut.png"), Arrays.copyOf(contents.get(0), 60));
  }

  /**
   * All 4,096 ways in which twelve images are broken or not, through the pipeline alone; of batches
   * other than four some of them.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5})
  void everyPatternKeepsRowsAndPixelsTogether(int batchSize) {
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    List<byte[]> singly =
        contents.stream()
            .map(bytes -> PreparedImage.of(ImageContent.of("", bytes), decoder, INPUT).pixels())
            .toList();
    ImageSource source =
        row ->
            row.getBoolean(1)
                ? ImageContent.failed("", ImageStatus.MISSING, "row " + row.getInt(0))
                : ImageContent.of("", contents.get(row.getInt(0)));
    for (int pattern = 0; pattern < 1 << ROWS; pattern += batchSize == 4 ? 1 : 7) {
      int broken = pattern;
      Iterator<Row> rows =
          IntStream.range(0, ROWS)
              .mapToObj(i -> RowFactory.create(i, (broken >> i & 1) == 1))
              .iterator();
      int at = 0;
      try (ImageBatches batches = new ImageBatches(rows, source, INPUT, batchSize, 2)) {
        while (batches.hasNext()) {
          ImageBatches.Batch batch = batches.next();
          int usable = 0;
          for (ImageBatches.Image image : batch.images()) {
            assertThat(image.row().getInt(0)).isEqualTo(at);
            if ((pattern >> at & 1) == 1) {
              assertThat(image.isUsable()).isFalse();
              assertThat(image.reason()).isEqualTo("row " + at);
            } else {
              assertThat(image.slot()).isEqualTo(usable++);
              byte[] pixels = new byte[INPUT.bytes()];
              batch.pixels().get(image.slot() * INPUT.bytes(), pixels);
              assertThat(pixels).isEqualTo(singly.get(at));
            }
            at++;
          }
          assertThat(batch.usable()).isEqualTo(usable).isLessThanOrEqualTo(batchSize);
        }
      }
      assertThat(at).isEqualTo(ROWS);
    }
  }

  /**
   * Every position singly, every pair of positions, and all patterns of a batch of four over three
   * batches, each in a partition of its own, against every image computed singly.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5})
  void everyProbabilityIsItsOwnImages(int batchSize) {
    Path directory = model();
    SharedModel model = SharedModel.distribute(spark, directory, "cpu", "fp32");
    List<float[]> expected = singly(directory);
    List<Integer> patterns = patterns();
    List<Row> rows = new ArrayList<>();
    for (int p = 0; p < patterns.size(); p++) {
      for (int i = 0; i < ROWS; i++) {
        rows.add((patterns.get(p) >> i & 1) == 1 ? broken(p, i) : intact(p, i));
      }
    }
    // As many rows in each partition as there are in a pattern.
    Dataset<Row> images =
        spark.createDataFrame(
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(rows, patterns.size()),
            ImagesTable.SPEC.schema());
    List<Row> results = BatchInference.score(spark, images, model, batchSize, 2).collectAsList();
    assertThat(results).hasSize(rows.size());
    for (int r = 0; r < rows.size(); r++) {
      int i = r % ROWS;
      Row result = results.get(r);
      assertThat(result.getString(0)).isEqualTo(rows.get(r).getString(0));
      if ((patterns.get(r / ROWS) >> i & 1) == 1) {
        assertThat(result.isNullAt(4)).isTrue();
        assertThat(ImageStatus.valueOf(result.getString(5)).isUsable()).isFalse();
        assertThat(result.getString(6)).isNotBlank();
      } else {
        List<Float> probabilities = result.getList(4);
        for (int k = 0; k < LABELS.size(); k++) {
          // Images differ in this by a hundred times as much and more.
          assertThat(Math.abs(probabilities.get(k) - expected.get(i)[k])).isLessThan(1e-6f);
        }
        assertThat(result.getString(5)).isEqualTo("OK");
        assertThat(result.isNullAt(6)).isTrue();
      }
    }
  }

  /** A long run of broken images is handed on in parts instead of being gathered. */
  @Test
  void brokenImagesDoNotPileUp() {
    ImageSource source = row -> ImageContent.failed("", ImageStatus.MISSING, "none");
    Iterator<Row> rows = IntStream.range(0, 1000).mapToObj(RowFactory::create).iterator();
    int seen = 0;
    try (ImageBatches batches = new ImageBatches(rows, source, INPUT, 4, 2)) {
      while (batches.hasNext()) {
        ImageBatches.Batch batch = batches.next();
        assertThat(batch.images()).hasSizeBetween(1, 32);
        assertThat(batch.usable()).isZero();
        assertThat(batch.pixels()).isNull();
        seen += batch.images().size();
      }
    }
    assertThat(seen).isEqualTo(1000);
  }

  private static List<Integer> patterns() {
    List<Integer> patterns = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      for (int j = i; j < ROWS; j++) {
        patterns.add(1 << i | 1 << j);
      }
    }
    for (int four = 0; four < 16; four++) {
      patterns.add(four | four << 4 | four << 8);
    }
    return patterns;
  }

  /** A model with a head large enough for its random features to tell the images apart. */
  private Path model() {
    ViTConfig config = ViTConfig.of(SIDE, 2, 2, 32, 16, 4, LABELS);
    Checkpoint random = Checkpoint.random(config, PreprocessorConfig.squash(SIDE), 1);
    Map<String, Tensor> tensors = new HashMap<>(random.tensors());
    float[] head = random.tensors().get("classifier.weight").toFloats();
    for (int i = 0; i < head.length; i++) {
      head[i] *= 100;
    }
    tensors.put("classifier.weight", Tensor.of(head, LABELS.size(), head.length / LABELS.size()));
    Path directory = folder.resolve("model");
    ModelDirectory.write(directory, new Checkpoint(config, random.preprocessor(), tensors));
    return directory;
  }

  /** Probabilities of the images, each in a batch of one; no two images have the same. */
  private List<float[]> singly(Path directory) {
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    ByteBuffer pixels = ByteBuffer.allocateDirect(INPUT.bytes());
    List<float[]> all = new ArrayList<>();
    try (ViTSession session =
        ViTSession.open(directory, PyTorchRuntime.device("cpu"), Precision.FP32)) {
      for (byte[] content : contents) {
        pixels.put(0, PreparedImage.of(ImageContent.of("", content), decoder, INPUT).pixels());
        all.add(BatchInference.softmax(session.logits(pixels, 1), 0, LABELS.size()));
      }
    }
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < i; j++) {
        float difference = 0;
        for (int k = 0; k < LABELS.size(); k++) {
          difference = Math.max(difference, Math.abs(all.get(i)[k] - all.get(j)[k]));
        }
        assertThat(difference).isGreaterThan(1e-4f);
      }
    }
    return all;
  }

  private Row intact(int pattern, int i) {
    return row(pattern, i, "image-" + i + ".png", contents.get(i).length, "OK");
  }

  private Row broken(int pattern, int i) {
    return switch ((pattern + i) % 5) {
      case 0 -> row(pattern, i, "empty.png", 0, "OK");
      case 1 -> row(pattern, i, "text.png", 8, "OK");
      case 2 -> row(pattern, i, "cut.png", 60, "OK");
      case 3 -> row(pattern, i, "gone.png", 100, "OK");
      default -> row(pattern, i, "image-0.png", 100, "DECODE_ERROR");
    };
  }

  private Row row(int pattern, int i, String file, long bytes, String status) {
    return TableRow.image(pattern + "-" + i, folder.resolve(file).toString())
        .with(ImagesTable.BYTES, bytes)
        .with(ImagesTable.SHA256, "sha")
        .with(ImagesTable.STATUS, status)
        .with(ImagesTable.REASON, status.equals("OK") ? null : "the catalog could not decode it")
        .build();
  }
}
