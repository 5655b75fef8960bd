/**
 * The stage {@code score}. It scores the images of the catalog with a model and writes predictions
 * in chunks. A second run scores only what is missing.
 */
package org.sparkvit.pipeline.score;
