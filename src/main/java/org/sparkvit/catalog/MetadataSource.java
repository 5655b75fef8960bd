package org.sparkvit.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.table.ImagesTable;

/**
 * A Hugging Face ImageFolder: a folder with metadata beside its images. The metadata says what the
 * images are; one that it does not list is skipped, and counted.
 *
 * @param metadata what is listed
 * @param folder everything below the folder
 */
record MetadataSource(ManifestSource metadata, FolderSource folder) implements Source {
  @Override
  public Dataset<Row> list(SparkSession spark) {
    Dataset<Row> listed = metadata.rows(spark);
    List<String> tables = metadata.parts().stream().map(ManifestPart::file).toList();
    Dataset<Row> names = listed.select(col(Listing.NAME).as("_listed")).distinct();
    Dataset<Row> others =
        spark
            .createDataFrame(folder.walk(spark), Listing.SCHEMA)
            .where(not(col(ImagesTable.PATH).isInCollection(tables)))
            .join(names, col(Listing.NAME).equalTo(names.col("_listed")), "left_anti");
    Column image = col(Listing.SKIPPED).isNull();
    return metadata
        .sized(spark, listed)
        .unionByName(
            others.withColumn(
                Listing.SKIPPED,
                when(image, lit(SkipReason.NOT_LISTED.name())).otherwise(col(Listing.SKIPPED))),
            true);
  }
}
