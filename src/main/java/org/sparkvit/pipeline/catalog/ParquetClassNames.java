package org.sparkvit.pipeline.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.Json;

/**
 * Reads the names of classes that Hugging Face's datasets write into the footer of a Parquet file
 * whose labels are numbers.
 */
final class ParquetClassNames {
  private static final String KEY = "huggingface";

  private ParquetClassNames() {}

  /**
   * Returns the names in the order of the numbers, or an empty list where the column has none.
   *
   * @throws UserException when the file, or its description of the column, cannot be read
   */
  static List<String> of(Configuration configuration, String file, String column) {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file), configuration))) {
      String about = reader.getFileMetaData().getKeyValueMetaData().get(KEY);
      if (about == null) {
        return List.of();
      }
      JsonNode feature =
          Json.read("key '" + KEY + "' in the footer of '" + file + "'", about)
              .path("info")
              .path("features")
              .path(column);
      List<String> names = new ArrayList<>();
      feature.path("names").forEach(name -> names.add(name.asText()));
      return feature.path("_type").asText().equals("ClassLabel") ? names : List.of();
    } catch (IOException | RuntimeException e) {
      if (e instanceof UserException mistake) {
        throw mistake;
      }
      throw new UserException(
          "manifest '" + file + "' cannot be read: " + e.getMessage() + "; is it Parquet?", e);
    }
  }
}
