/**
 * The stage {@code split}: puts every usable, labelled image into train, validation or test, by
 * class and without parting groups or duplicates. Reads {@code images}, writes {@code splits}.
 */
package org.sparkvit.split;
