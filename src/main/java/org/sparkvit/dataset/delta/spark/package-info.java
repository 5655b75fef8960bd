/**
 * Reads and writes, with Spark, the Parquet files of a table whose log says which of them count. No
 * folder is listed, no file that the log describes is opened for planning, and no file is renamed.
 */
package org.sparkvit.dataset.delta.spark;
