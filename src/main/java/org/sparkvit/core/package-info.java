/**
 * Classes that every package may use: errors, statuses of images, stable hashes, labels and records
 * of runs. The package depends on the JDK only.
 */
package org.sparkvit.core;
