package org.sparkvit.pipeline.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Parquet files with drawn images inside, as other programs write them. */
public final class ImageTables {
  /** The columns of a data set of Hugging Face. */
  public static final MessageType HUB =
      MessageTypeParser.parseMessageType(
          "message schema { optional group image { optional binary bytes; optional binary path"
              + " (STRING); } optional int64 label; }");

  private ImageTables() {}

  /**
   * Writes a file of a data set of Hugging Face, with several row groups and pages.
   *
   * @param first the number that the first image is drawn of
   * @param images the number of rows; every label is the number modulo the number of classes
   */
  public static Path hub(Path file, int first, int images, String... classes) throws IOException {
    List<Object[]> rows = new ArrayList<>();
    for (int i = first; i < first + images; i++) {
      rows.add(new Object[] {CatalogRun.image("png", i), "img-" + i + ".png", (long) i});
    }
    return hub(file, rows, classes);
  }

  /** Writes rows of bytes, path and label, each of which may be null. */
  public static Path hub(Path file, List<Object[]> rows, String... classes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    String names = "[\"" + String.join("\",\"", classes) + "\"]";
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(HUB)
            .withExtraMetaData(
                Map.of(
                    "huggingface",
                    "{\"info\":{\"features\":{\"image\":{\"_type\":\"Image\"},\"label\":{\"names\":"
                        + names
                        + ",\"_type\":\"ClassLabel\"}}}}"))
            .withRowGroupSize(3_000L)
            .withPageSize(900)
            .withMinRowCountForPageSizeCheck(3)
            .withMaxRowCountForPageSizeCheck(3)
            .build()) {
      for (Object[] cells : rows) {
        Group row = new SimpleGroup(HUB);
        Group image = row.addGroup("image");
        if (cells[0] != null) {
          image.append("bytes", Binary.fromConstantByteArray((byte[]) cells[0]));
        }
        if (cells[1] != null) {
          image.append("path", cells[1].toString());
        }
        if (cells[2] != null) {
          row.append("label", (Long) cells[2] % classes.length);
        }
        writer.write(row);
      }
    }
    return file;
  }

  /** Writes a data set of three splits, the first of them in two files: 40, 9 and 11 images. */
  public static Path threeSplits(Path folder, String... classes) throws IOException {
    Path data = folder.resolve("data");
    Files.createDirectories(data);
    Files.writeString(folder.resolve("README.md"), "about");
    hub(data.resolve("train-00000-of-00002.parquet"), 0, 25, classes);
    hub(data.resolve("train-00001-of-00002.parquet"), 25, 15, classes);
    hub(data.resolve("validation-00000-of-00001.parquet"), 40, 9, classes);
    hub(data.resolve("test-00000-of-00001.parquet"), 49, 11, classes);
    return folder;
  }
}
