package org.sparkvit.pipeline.catalog;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Lists the files of a data set in one of the ways that data sets name them. */
sealed interface CatalogSource permits FolderSource, ManifestSource, MetadataSource, ShardSource {
  /** Returns rows of {@link Listing#SCHEMA} and the user's own columns, in any order. */
  Dataset<Row> list(SparkSession spark);
}
