/**
 * The stage {@code repair}. It decides from the findings of {@code audit} and {@code labels} which
 * images to leave out and which labels to change, and can write a manifest of the result. It
 * deletes no file.
 */
package org.sparkvit.pipeline.repair;
