/** Over- and under-sampling among embeddings: SMOTE and its kin, edited neighbours, Tomek links. */
package org.sparkvit.resample;
