package org.sparkvit.pipeline.catalog;

import java.io.Serializable;

/**
 * One of the files that make up a manifest.
 *
 * @param file the URI of the file, or of a folder of files that Spark wrote
 * @param folder the URI of the folder that its relative paths start from
 * @param split the split of all of its images, or null where the column of splits decides
 */
record ManifestPart(String file, String folder, String split) implements Serializable {}
