/**
 * The stage {@code resample}. It over- and undersamples embeddings by SMOTE and its variants,
 * edited nearest neighbours and Tomek links. It works on embeddings only and makes no images.
 */
package org.sparkvit.pipeline.resample;
