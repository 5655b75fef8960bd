/**
 * The stage {@code pack}: copies the bytes of images into Parquet shards, which {@code score},
 * {@code train} and {@code report} read instead of many small objects, and writes {@code packed},
 * which says where in them each image is.
 *
 * <p>Two steps for each chunk of images. Spark writes the shards, uncompressed and without a
 * dictionary, so that an image is one piece of its file. Then each shard is read back, which finds
 * the pieces and compares them with the hashes of the catalog, before anybody hears of them.
 */
package org.sparkvit.pack;
