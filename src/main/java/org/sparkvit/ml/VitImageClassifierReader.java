package org.sparkvit.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.MLReader;

/**
 * Loads classifiers. Those that were saved before there was a {@code predictedLabelCol} had the
 * label under {@code predictionCol}, and no index. They are loaded with the names so set that their
 * columns are what they were: a stage that reads the label would otherwise find a number.
 */
final class VitImageClassifierReader extends MLReader<VitImageClassifier> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public VitImageClassifier load(String path) {
    VitImageClassifier loaded = new Reading().read().session(sparkSession()).load(path);
    if (!knows(metadata(path), loaded.predictedLabelCol().name())) {
      loaded.setPredictedLabelCol(loaded.getPredictionCol());
      loaded.setPredictionCol("");
      // What is only a default in the file would not reach Python, which has defaults of its own.
      loaded.setRawPredictionCol(loaded.getRawPredictionCol());
    }
    return loaded;
  }

  private JsonNode metadata(String path) {
    String file = new Path(path, "metadata").toString();
    try {
      return JSON.readTree(sparkSession().read().textFile(file).first());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(file + " is no JSON", e);
    }
  }

  private static boolean knows(JsonNode metadata, String param) {
    return metadata.path("paramMap").has(param) || metadata.path("defaultParamMap").has(param);
  }

  private static final class Reading implements DefaultParamsReadable<VitImageClassifier> {}
}
