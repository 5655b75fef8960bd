/**
 * How Spark reads and writes the Parquet files of a table whose log says which of them count:
 * without listing folders, without a look at files that the log describes, and without renaming.
 */
package org.sparkvit.delta.spark;
