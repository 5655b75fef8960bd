/** Nearest neighbours among the embeddings of all images, on the executors. */
package org.sparkvit.neighbors;
