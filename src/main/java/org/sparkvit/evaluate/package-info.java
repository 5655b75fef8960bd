/**
 * The stage {@code evaluate}: compares what models said of the images with the labels they have,
 * and writes {@code metrics}, {@code confusion} and {@code curves}, for all images, for each split
 * and for each value of chosen columns.
 *
 * <p>Everything is exact and stays distributed: one aggregation counts, one sort ranks. The driver
 * sees one line per sorted partition and what it tells people, never anything per image or score.
 */
package org.sparkvit.evaluate;
