package org.sparkvit.pipeline.maintenance;

import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageSource;
import org.sparkvit.loading.ParquetCell;
import org.sparkvit.loading.Prefetcher;

/**
 * One of the files of a {@link HuggingFaceExport}.
 *
 * @param name the name of the file
 * @param classes the names of the classes, in the order of their numbers
 * @param imageBytes the number of bytes of an image, on average
 */
record HuggingFaceFile(String name, List<String> classes, long imageBytes) implements Serializable {
  /** The column of rows with the number of the label. */
  static final String LABEL = "_label";

  /** The column of rows with the name that an image has of its own, or null. */
  static final String NAME = "_name";

  /** A row for each file: where it was written, its name, images, images left out, an example. */
  static final StructType RESULT =
      new StructType()
          .add("part", DataTypes.StringType, false)
          .add("name", DataTypes.StringType, false)
          .add("images", DataTypes.LongType, false)
          .add("left_out", DataTypes.LongType, false)
          .add("example", DataTypes.StringType);

  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          "message schema { optional group image { optional binary bytes; optional binary path"
              + " (STRING); } optional int64 label; }");

  /** The columns where no image has a label, and there are no classes. */
  private static final MessageType UNLABELLED =
      MessageTypeParser.parseMessageType(
          "message schema { optional group image { optional binary bytes; optional binary path"
              + " (STRING); } }");

  /** The key under which {@code datasets} keeps what the columns mean. */
  private static final String KEY = "huggingface";

  /** About the rows of a row group, as {@code datasets} writes them where there are images. */
  private static final long GROUP_ROWS = 100;

  /** About the bytes of a row beside its image. */
  private static final long ROW_BYTES = 100;

  /** The bytes of a row group, which is in memory as long as it is written. */
  private static final long GROUP_BYTES = 64L << 20;

  private static final int READERS = 8;
  private static final int AHEAD = 64;
  private static final long MAX_BYTES_AHEAD = 64L << 20;

  /** Writes the file of a partition, whose index is that of the file. */
  record Task(
      CatalogImages source,
      SerializableConfiguration configuration,
      String folder,
      List<HuggingFaceFile> files)
      implements MapPartitionsFunction<Row, Row>, Serializable {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) throws IOException {
      TaskContext task = TaskContext.get();
      HuggingFaceFile file = files.get(task.partitionId());
      Path part = new Path(folder, file.name() + "." + task.taskAttemptId());
      long images = 0;
      long leftOut = 0;
      String example = null;
      try (Prefetcher<ImageSource.Pending, Loaded> loaded =
              new Prefetcher<>(
                  source.open(rows),
                  image -> new Loaded(image.row(), image.content().get()),
                  READERS,
                  AHEAD,
                  image -> image.row().<Long>getAs(ImagesTable.BYTES),
                  MAX_BYTES_AHEAD);
          ParquetWriter<Group> writer = file.open(part, configuration)) {
        while (loaded.hasNext()) {
          Loaded image = loaded.next();
          String problem = image.problem();
          if (problem == null) {
            writer.write(file.group(image));
            images++;
          } else {
            leftOut++;
            example = example == null ? problem : example;
          }
        }
      }
      return List.of(RowFactory.create(part.toString(), file.name(), images, leftOut, example))
          .iterator();
    }
  }

  private record Loaded(Row row, ImageContent content) {
    /** Returns the reason why the image is left out, or null. */
    private String problem() {
      String path = row.getAs(ImagesTable.PATH);
      if (content.bytes() == null) {
        return path + ": " + content.reason();
      }
      return StableHash.sha256(content.bytes()).equals(row.getAs(ImagesTable.SHA256))
          ? null
          : path + ": has changed since the catalog was made";
    }
  }

  /**
   * Opens the file. Every image is a page of its own, so that one is found without its neighbours.
   */
  private ParquetWriter<Group> open(Path path, SerializableConfiguration configuration)
      throws IOException {
    return ExampleParquetWriter.builder(HadoopOutputFile.fromPath(path, configuration.value()))
        .withConf(configuration.value())
        .withType(schema())
        .withExtraMetaData(Map.of(KEY, features()))
        .withCompressionCodec(CompressionCodecName.SNAPPY)
        .withDictionaryEncoding(false)
        // Rows cannot be counted for a group, so their bytes are.
        .withRowGroupSize(Math.min(GROUP_BYTES, GROUP_ROWS * (imageBytes + ROW_BYTES)))
        .withMinRowCountForPageSizeCheck(1)
        .withMaxRowCountForPageSizeCheck(1)
        .withPageRowCountLimit(1)
        .build();
  }

  /** Returns what the columns mean, as {@code datasets} writes it. */
  private String features() {
    // In an order of their own, so that the same images make the same file.
    Map<String, Object> label = new LinkedHashMap<>();
    label.put("names", classes);
    label.put("_type", "ClassLabel");
    Map<String, Object> features = new LinkedHashMap<>();
    features.put("image", Map.of("_type", "Image"));
    if (!classes.isEmpty()) {
      features.put("label", label);
    }
    return Json.write(Map.of("info", Map.of("features", features)));
  }

  private MessageType schema() {
    return classes.isEmpty() ? UNLABELLED : SCHEMA;
  }

  private Group group(Loaded image) {
    Group row = new SimpleGroup(schema());
    row.addGroup("image")
        .append("bytes", Binary.fromConstantByteArray(image.content().bytes()))
        .append("path", name(image.row()));
    if (!classes.isEmpty()) {
      row.add("label", image.row().<Long>getAs(LABEL));
    }
    return row;
  }

  /** Returns the name of an image: its own, or its file's, or one made of its id. */
  private static String name(Row row) {
    String own = row.getAs(NAME);
    if (own != null) {
      return own;
    }
    String path = row.getAs(ImagesTable.PATH);
    if (ParquetCell.of(path, row.<Long>getAs(ImagesTable.OFFSET)).isPresent()) {
      String format = row.getAs(ImagesTable.FORMAT);
      return row.<String>getAs(ImagesTable.ID)
          + "."
          + (format == null ? "bin" : format.toLowerCase(Locale.ROOT));
    }
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
