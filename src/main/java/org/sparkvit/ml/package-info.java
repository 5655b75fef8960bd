/**
 * Models as transformers of Spark ML pipelines, which give labels and probabilities or embeddings.
 * This is a public interface for other programs. The commands do not use it.
 */
package org.sparkvit.ml;
