/**
 * Delta tables: their logs, read and written by Delta Kernel, and the statistics of their files.
 * Spark writes and reads the files themselves.
 */
package org.sparkvit.dataset.delta;
