/**
 * The stage {@code catalog}. It finds the images of folders, manifests and tar shards, reads and
 * decodes each once, and writes one row per file to {@link
 * org.sparkvit.dataset.schema.ImagesTable}, whatever state the file is in. Sources {@link
 * org.sparkvit.pipeline.catalog.Listing list} the files, the {@link
 * org.sparkvit.pipeline.catalog.SizeBalancer} cuts the list into partitions of equal work, and the
 * {@link org.sparkvit.pipeline.catalog.ImageScan} reads and decodes them.
 */
package org.sparkvit.pipeline.catalog;
