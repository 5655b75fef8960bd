/**
 * Features of the pixels of one image: perceptual hashes, the layout of its colours, and measures
 * of its quality. Images are compared with each other in {@link org.sparkvit.dataset.neighbors}.
 */
package org.sparkvit.image.hash;
