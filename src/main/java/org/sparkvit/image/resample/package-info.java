/**
 * Resizing that is byte-equal to Pillow's, and the one preprocessing that training and scoring
 * share. Nothing here is random.
 */
package org.sparkvit.image.resample;
