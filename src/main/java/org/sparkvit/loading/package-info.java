/**
 * Gets from a row of the catalog to pixels: file systems, shards, retries, prefetching, and images
 * that cannot be read. Decoding itself is in {@link org.sparkvit.image.codec}. No model is known
 * here.
 */
package org.sparkvit.loading;
