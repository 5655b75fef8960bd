/**
 * The stage {@code balance}. It plans how often and with what weight training sees each image of
 * the train split. It makes no new images: {@code synthesize} and {@code resample} do.
 */
package org.sparkvit.pipeline.balance;
