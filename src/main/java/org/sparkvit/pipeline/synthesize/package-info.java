/**
 * The stage {@code synthesize}. It makes new images for rare classes, each of two images of the
 * train split. Embeddings are oversampled by {@code resample}, not here.
 */
package org.sparkvit.pipeline.synthesize;
