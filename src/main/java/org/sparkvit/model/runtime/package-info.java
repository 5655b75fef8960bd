/**
 * Models loaded into libtorch by DJL, in sessions that score, explain and train. Pixels are
 * unsigned bytes in {@code [batch, height, width, RGB]} order. Rescaling and normalisation happen
 * inside the graph, so that training and scoring cannot differ. {@link
 * org.sparkvit.model.architecture} defines what the graph computes.
 */
package org.sparkvit.model.runtime;
