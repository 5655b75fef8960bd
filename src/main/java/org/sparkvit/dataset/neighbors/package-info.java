/**
 * Finds nearest neighbours among the embeddings or the hashes of all images, on the executors. The
 * hashes of single images are computed in {@link org.sparkvit.image.hash}.
 */
package org.sparkvit.dataset.neighbors;
