/** New images for rare classes, made of two images of the train split. */
package org.sparkvit.synthesize;
