/**
 * The stage {@code probe}: a linear classifier on the embeddings of a model that stays as it is.
 */
package org.sparkvit.probe;
