package org.sparkvit.ml;

import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.Metadata;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.ModelOutput;
import org.sparkvit.inference.SharedModel;

/**
 * Labels images with a fine-tuned model. Its columns are those of Spark's own classifiers: a vector
 * of logits, a vector of probabilities, and the index of the most probable label as a double. The
 * label itself is beside them as a string. The numbers are those that {@code spark-vit score}
 * writes.
 *
 * <p>Vectors and indices are in the order of the model's labels, from 0. The attributes of these
 * three columns name the labels. So {@code IndexToString} needs no labels of its own, and a {@code
 * StringIndexerModel} that is made from them numbers other columns in the same order. Spark's
 * evaluators compare such a column with the index. They fail on the nulls that images without a
 * result have; {@code setHandleInvalid("skip")} leaves such rows out.
 */
public final class VitImageClassifier extends VitTransformer<VitImageClassifier> {
  private static final long serialVersionUID = 1;

  private final Param<String> probabilityCol;
  private final Param<String> predictionCol;
  private final Param<String> predictedLabelCol;
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
        new Param<>(
            this,
            "predictionCol",
            "output column: the index of the most probable label, a double; or ''");
    predictedLabelCol =
        new Param<>(
            this, "predictedLabelCol", "output column: the most probable label, a string; or ''");
    rawPredictionCol =
        new Param<>(
            this, "rawPredictionCol", "output column: a vector, one logit per label; or ''");
    setDefault(probabilityCol, "probability");
    setDefault(predictionCol, "prediction");
    setDefault(predictedLabelCol, "predictedLabel");
    setDefault(rawPredictionCol, "rawPrediction");
  }

  /**
   * Returns a reader for {@code read().load(path)}. A classifier that was saved when its only
   * prediction was the label, a string, adds the same columns as it did then.
   */
  public static MLReader<VitImageClassifier> read() {
    return new VitImageClassifierReader();
  }

  /** Loads the operator that was saved at a path. */
  public static VitImageClassifier load(String path) {
    return read().load(path);
  }

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
   * Sets the output column of the index of the most probable label, a double. The default is {@code
   * prediction}; an empty name leaves the column out.
   */
  public VitImageClassifier setPredictionCol(String value) {
    set(predictionCol, value);
    return this;
  }

  public Param<String> predictedLabelCol() {
    return predictedLabelCol;
  }

  public String getPredictedLabelCol() {
    return getOrDefault(predictedLabelCol);
  }

  /**
   * Sets the output column of the most probable label, a string. The default is {@code
   * predictedLabel}; an empty name leaves the column out.
   */
  public VitImageClassifier setPredictedLabelCol(String value) {
    set(predictedLabelCol, value);
    return this;
  }

  public Param<String> rawPredictionCol() {
    return rawPredictionCol;
  }

  public String getRawPredictionCol() {
    return getOrDefault(rawPredictionCol);
  }

  /**
   * Sets the output column of the logits. The default is {@code rawPrediction}; an empty name
   * leaves the column out.
   */
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
        ValueColumn.number(
            getPredictionCol(),
            values(getPredictionCol(), labels),
            logits -> (double) best(probabilities(logits))),
        ValueColumn.string(
            getPredictedLabelCol(), logits -> labels.get(best(probabilities(logits)))));
  }

  /** Returns the metadata of indices of labels, as a {@code StringIndexer} gives them. */
  private static Metadata values(String column, List<String> labels) {
    if (column.isEmpty() || labels.isEmpty()) {
      return Metadata.empty();
    }
    return NominalAttribute.defaultAttr()
        .withName(column)
        .withValues(labels.toArray(new String[0]))
        .toMetadata();
  }

  /** Returns the metadata of vectors with a number for each label. */
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
