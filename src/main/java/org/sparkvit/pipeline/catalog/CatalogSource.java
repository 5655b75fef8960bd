package org.sparkvit.pipeline.catalog;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** One way in which a data set names its files. */
sealed interface CatalogSource permits FolderSource, ManifestSource, MetadataSource, ShardSource {
  /** Rows of {@link Listing#SCHEMA} and the user's own columns, in any order. */
  Dataset<Row> list(SparkSession spark);
}
