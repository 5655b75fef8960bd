package org.sparkvit.pipeline.catalog;

import java.io.Serializable;

/**
 * One of the files that make up a manifest.
 *
 * @param file URI of the file, or of a folder of files that Spark wrote
 * @param folder URI of the folder that its relative paths start from
 * @param split the split that all of its images are given; null to go by its column
 */
record ManifestPart(String file, String folder, String split) implements Serializable {}
