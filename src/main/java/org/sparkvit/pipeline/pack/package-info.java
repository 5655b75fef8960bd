/**
 * The stage {@code pack}. It copies the bytes of images into Parquet shards, reads each shard back
 * and compares it with the hashes of the catalog, and then writes to {@code packed} where each
 * image lies. Reading images from shards is done by {@link org.sparkvit.loading}.
 */
package org.sparkvit.pipeline.pack;
