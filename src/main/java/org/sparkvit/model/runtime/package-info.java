/**
 * Models loaded into libtorch by DJL: sessions that score, explain and train. Pixels are unsigned
 * bytes in {@code [batch, height, width, RGB]} order; rescaling and normalisation happen inside the
 * graph, so that training and scoring cannot differ. What the graph computes is in {@link
 * org.sparkvit.model.architecture}.
 */
package org.sparkvit.model.runtime;
