/**
 * The stage {@code audit}. It measures the pixels of images and finds defects, duplicates, leakage
 * between splits and values that go together with the label. It changes no label and removes no
 * image.
 */
package org.sparkvit.pipeline.audit;
