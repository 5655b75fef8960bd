/**
 * What every package may use: errors, statuses of images, stable hashes, labels and records of
 * runs. It depends on the JDK only.
 */
package org.sparkvit.core;
