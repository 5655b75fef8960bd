package org.sparkvit.catalog;

import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Tar shards. A task reads one through, once, and notes where its members are; from then on the
 * members are read by range. See {@link ShardReader} for what is in a shard.
 *
 * @param root the folder that names are relative to, or the one shard itself
 * @param shards fully qualified
 * @param config the label's field, and what an empty label means
 */
record ShardSource(Path root, List<Path> shards, CatalogConfig config) implements Source {
  @Override
  public Dataset<Row> list(SparkSession spark) {
    ShardReader reader =
        new ShardReader(
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()),
            root.toString(),
            config.unlabelled(),
            config.labelColumn(),
            config.emptyLabel() == CatalogConfig.EmptyLabel.FAIL);
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(shards.stream().map(Path::toString).toList(), shards.size())
            .flatMap(reader::members),
        Listing.SCHEMA);
  }
}
