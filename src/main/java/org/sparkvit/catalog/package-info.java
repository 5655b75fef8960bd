/**
 * The first stage: finds the images of folders, manifests and tar shards, reads and decodes each
 * once, and writes one row per file to the {@link org.sparkvit.table.ImagesTable images} table,
 * whatever became of the file.
 *
 * <p>It works in three steps, each a Dataset: sources {@link org.sparkvit.catalog.Listing list}
 * what there is, the {@link org.sparkvit.catalog.SizeBalancer} cuts the listing into partitions of
 * equal work, and the {@link org.sparkvit.catalog.ImageScan} reads and decodes.
 */
package org.sparkvit.catalog;
