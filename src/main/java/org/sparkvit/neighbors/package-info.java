/** Nearest neighbours among the embeddings or the hashes of all images, on the executors. */
package org.sparkvit.neighbors;
