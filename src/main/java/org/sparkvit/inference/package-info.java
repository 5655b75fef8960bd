/**
 * A model over a Dataset: its file brought to the executors, one loaded copy per executor and
 * device, and predictions or embeddings as rows, in tables that are filled where they have gaps.
 * Images are read and decoded by {@link org.sparkvit.loading}, and the model itself is in {@link
 * org.sparkvit.model.runtime}.
 */
package org.sparkvit.inference;
