/**
 * The stage {@code audit}. It measures the pixels of images and finds defects, duplicates, leakage
 * between splits and values that depend on the label. It changes no label and removes no image.
 */
package org.sparkvit.pipeline.audit;
