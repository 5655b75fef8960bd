/**
 * The stage {@code split}. It assigns every usable, labelled image to the train, validation or test
 * split, and to folds for cross-validation when asked. Classes keep their proportions, and groups
 * and duplicates stay together.
 */
package org.sparkvit.pipeline.split;
