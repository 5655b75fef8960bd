/**
 * The stage {@code score}. It runs a model over the images of the catalog and writes predictions in
 * chunks. A second run scores only what is missing.
 */
package org.sparkvit.pipeline.score;
