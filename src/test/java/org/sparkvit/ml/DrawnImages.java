package org.sparkvit.ml;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.TableRow;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.PreparedImage;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;

/** A folder of images of two kinds, warm and cold, with some that are broken; and a small model. */
final class DrawnImages {
  static final int SIDE = 16;
  static final int BATCH = 4;
  static final int HIDDEN = 24;
  static final List<String> LABELS = List.of("red", "green", "blue");
  static final PreprocessSpec INPUT = PreprocessSpec.squash(SIDE, SIDE, ResampleFilter.BILINEAR);

  static final StructType SCHEMA =
      new StructType()
          .add("number", DataTypes.IntegerType, false)
          .add("path", DataTypes.StringType)
          .add("content", DataTypes.BinaryType)
          .add("kind", DataTypes.StringType);

  private final Path folder;
  private final List<Row> rows = new ArrayList<>();

  DrawnImages(Path folder) {
    this.folder = folder;
  }

  /** Adds an image of its own colour and size; even numbers are warm, odd ones cold. */
  DrawnImages addImage() throws IOException {
    int i = rows.size();
    BufferedImage image = new BufferedImage(SIDE + i % 5, 30, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.getHSBColor((i % 2 == 0 ? 0f : 0.6f) + 0.004f * i, 0.9f, 0.8f));
    graphics.fillRect(0, 0, image.getWidth(), 12 + i % 17);
    graphics.dispose();
    Path file = folder.resolve("image-" + i + ".png");
    ImageIO.write(image, "png", file.toFile());
    return add(file.toString(), Files.readAllBytes(file));
  }

  /** Adds one that is none, each in another way. */
  DrawnImages addBroken() throws IOException {
    int i = rows.size();
    Path file = folder.resolve("broken-" + i + ".png");
    byte[] content =
        switch (i % 4) {
          case 0 -> new byte[0];
          case 1 -> "no image".getBytes(StandardCharsets.UTF_8);
          case 2 -> Arrays.copyOf((byte[]) rows.get(0).get(2), 60);
          default -> null;
        };
    if (content != null) {
      Files.write(file, content);
    }
    return add(file.toString(), content);
  }

  private DrawnImages add(String path, byte[] content) {
    int i = rows.size();
    rows.add(RowFactory.create(i, path, content, i % 2 == 0 ? "warm" : "cold"));
    return this;
  }

  /** A dozen good images, after each third a broken one. */
  static DrawnImages some(Path folder) throws IOException {
    DrawnImages images = new DrawnImages(folder);
    for (int i = 0; i < 12; i++) {
      images.addImage();
      if (i % 3 == 2) {
        images.addBroken();
      }
    }
    return images;
  }

  List<Row> rows() {
    return rows;
  }

  /** number, path, content, kind; in this order. */
  Dataset<Row> dataset(SparkSession spark, int partitions) {
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(rows, partitions),
        SCHEMA);
  }

  /** The same images as a catalog that believes them all to be well. */
  Dataset<Row> catalog(SparkSession spark) {
    List<Row> images = new ArrayList<>();
    for (Row row : rows) {
      byte[] content = row.getAs(2);
      images.add(
          TableRow.image(String.valueOf(row.getInt(0)), row.getString(1))
              .with(ImagesTable.BYTES, content == null ? -1L : content.length)
              .with(ImagesTable.SHA256, content == null ? null : StableHash.sha256(content))
              .build());
    }
    return spark.createDataFrame(images, ImagesTable.SPEC.schema()).coalesce(1);
  }

  /** The first image of a batch of which the rest is black; null where it is broken. */
  static ByteBuffer alone(byte[] content) {
    PreparedImage image =
        PreparedImage.of(
            content == null
                ? ImageContent.failed("", ImageStatus.MISSING, "none")
                : ImageContent.of("", content),
            new ImageDecoder(DecodeLimits.DEFAULT),
            INPUT);
    return image.isUsable()
        ? ByteBuffer.allocateDirect(BATCH * INPUT.bytes()).put(0, image.pixels())
        : null;
  }

  /** A model with random weights, and a head large enough to tell the images apart. */
  static Path model(Path directory) {
    return model(directory, 1);
  }

  /** As above; another seed gives a model that no other test has loaded. */
  static Path model(Path directory, long seed) {
    return model(directory, seed, LABELS);
  }

  static Path model(Path directory, long seed, List<String> labels) {
    ViTConfig config = ViTConfig.of(HIDDEN, 2, 2, 32, SIDE, 4, labels);
    Checkpoint random = Checkpoint.random(config, PreprocessorConfig.squash(SIDE), seed);
    Map<String, Tensor> tensors = new HashMap<>(random.tensors());
    float[] head = random.tensors().get("classifier.weight").toFloats();
    for (int i = 0; i < head.length; i++) {
      head[i] *= 100;
    }
    tensors.put("classifier.weight", Tensor.of(head, labels.size(), head.length / labels.size()));
    ModelDirectory.write(directory, new Checkpoint(config, random.preprocessor(), tensors));
    return directory;
  }
}
