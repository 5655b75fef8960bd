/**
 * Runs a model over a Dataset. Its file is brought to the executors, and each executor loads one
 * copy for its device. Predictions or embeddings become rows of tables that are filled where rows
 * are missing. Images are read and decoded by {@link org.sparkvit.loading}, and the model itself is
 * in {@link org.sparkvit.model.runtime}.
 */
package org.sparkvit.inference;
