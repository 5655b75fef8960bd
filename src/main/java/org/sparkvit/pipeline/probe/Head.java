package org.sparkvit.pipeline.probe;

import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Matrix;

/**
 * A linear classifier.
 *
 * @param weight the weights {@code [K, E]}, row by row
 * @param bias the biases {@code [K]}
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record Head(float[] weight, float[] bias) {

  static Head of(LogisticRegressionModel model) {
    Matrix matrix = model.coefficientMatrix();
    float[] weight = new float[matrix.numRows() * matrix.numCols()];
    float[] bias = new float[matrix.numRows()];
    for (int c = 0; c < matrix.numRows(); c++) {
      for (int i = 0; i < matrix.numCols(); i++) {
        weight[c * matrix.numCols() + i] = (float) matrix.apply(c, i);
      }
      bias[c] = (float) model.interceptVector().apply(c);
    }
    return new Head(weight, bias);
  }

  /** Returns the logits of an embedding, one for each class. */
  float[] logits(float[] embedding) {
    float[] logits = new float[bias.length];
    for (int c = 0; c < logits.length; c++) {
      double sum = bias[c];
      for (int i = 0; i < embedding.length; i++) {
        sum += (double) weight[c * embedding.length + i] * embedding[i];
      }
      logits[c] = (float) sum;
    }
    return logits;
  }
}
