/**
 * The stage {@code relabel}: decides with one model's predictions which labels change, which a
 * person should look at, and which stay; writes {@code relabels}, {@code relabel_summary}, {@code
 * review}, and an export that {@code catalog} reads.
 *
 * <p>A model has seen the labels of its train split and may repeat a wrong one that it learnt by
 * heart: there, agreement proves little, and contradiction the more.
 */
package org.sparkvit.relabel;
