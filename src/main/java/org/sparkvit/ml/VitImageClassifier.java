package org.sparkvit.ml;

import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.Metadata;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.ModelOutput;
import org.sparkvit.inference.SharedModel;

/**
 * Labels images with a fine-tuned model. It adds the probabilities of all classes as a vector in
 * the order of the model's labels. The attributes of that column name the labels. It also adds the
 * name of the most probable class. The numbers are those that {@code spark-vit score} writes.
 */
public final class VitImageClassifier extends VitTransformer<VitImageClassifier> {
  private static final long serialVersionUID = 1;

  private final Param<String> probabilityCol;
  private final Param<String> predictionCol;
  private final Param<String> rawPredictionCol;

  public VitImageClassifier() {
    this(Identifiable$.MODULE$.randomUID("vitImageClassifier"));
  }

  public VitImageClassifier(String uid) {
    super(uid, "prediction_status", "prediction_reason");
    probabilityCol =
        new Param<>(
            this, "probabilityCol", "output column: a vector, one probability per label; or ''");
    predictionCol =
        new Param<>(this, "predictionCol", "output column: the most probable label; or ''");
    rawPredictionCol =
        new Param<>(
            this, "rawPredictionCol", "output column: a vector, one logit per label; or ''");
    setDefault(probabilityCol, "probability");
    setDefault(predictionCol, "prediction");
    setDefault(rawPredictionCol, "");
  }

  /** Returns a reader for {@code read().load(path)}. */
  public static MLReader<VitImageClassifier> read() {
    return new Reading().read();
  }

  /** Loads the operator that was saved at a path. */
  public static VitImageClassifier load(String path) {
    return read().load(path);
  }

  private static final class Reading implements DefaultParamsReadable<VitImageClassifier> {}

  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  public String getProbabilityCol() {
    return getOrDefault(probabilityCol);
  }

  /**
   * Sets the output column of the probabilities. The default is {@code probability}; an empty name
   * leaves the column out.
   */
  public VitImageClassifier setProbabilityCol(String value) {
    set(probabilityCol, value);
    return this;
  }

  public Param<String> predictionCol() {
    return predictionCol;
  }

  public String getPredictionCol() {
    return getOrDefault(predictionCol);
  }

  /**
   * Sets the output column of the labels, which are strings. The default is {@code prediction}; an
   * empty name leaves the column out.
   */
  public VitImageClassifier setPredictionCol(String value) {
    set(predictionCol, value);
    return this;
  }

  public Param<String> rawPredictionCol() {
    return rawPredictionCol;
  }

  public String getRawPredictionCol() {
    return getOrDefault(rawPredictionCol);
  }

  /** Sets the output column of the logits. By default there is none. */
  public VitImageClassifier setRawPredictionCol(String value) {
    set(rawPredictionCol, value);
    return this;
  }

  @Override
  VitImageClassifier self() {
    return this;
  }

  @Override
  ModelOutput output() {
    return ModelOutput.LOGITS;
  }

  @Override
  List<ValueColumn> valueColumns(SharedModel model) {
    List<String> labels = model == null ? List.of() : model.labels();
    return List.of(
        ValueColumn.vector(
            getRawPredictionCol(), names(getRawPredictionCol(), labels), ValueColumn::toVector),
        ValueColumn.vector(
            getProbabilityCol(),
            names(getProbabilityCol(), labels),
            logits -> ValueColumn.toVector(probabilities(logits))),
        ValueColumn.string(getPredictionCol(), logits -> labels.get(best(probabilities(logits)))));
  }

  private static Metadata names(String column, List<String> labels) {
    if (column.isEmpty() || labels.isEmpty()) {
      return Metadata.empty();
    }
    Attribute[] attributes =
        labels.stream()
            .map(label -> NumericAttribute.defaultAttr().withName(label))
            .toArray(Attribute[]::new);
    return new AttributeGroup(column, attributes).toMetadata();
  }

  private static float[] probabilities(float[] logits) {
    return BatchInference.softmax(logits, 0, logits.length);
  }

  /**
   * Returns the index of the highest probability, the first of several, as in the table of
   * predictions.
   */
  private static int best(float[] probabilities) {
    int best = 0;
    for (int k = 1; k < probabilities.length; k++) {
      if (probabilities[k] > probabilities[best]) {
        best = k;
      }
    }
    return best;
  }
}
