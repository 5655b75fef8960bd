/**
 * The stage {@code explain}. It shows for a sample of predictions where the model looked, and
 * measures how far such maps can be trusted. It judges no prediction: {@code evaluate} does.
 */
package org.sparkvit.pipeline.explain;
