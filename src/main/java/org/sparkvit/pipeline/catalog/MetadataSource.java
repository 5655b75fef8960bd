package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Lists a Hugging Face ImageFolder, a folder with metadata beside its images. The metadata says
 * what the images are. An image that it does not list is skipped and counted.
 *
 * @param metadata lists the images of the metadata
 * @param folder lists everything below the folder
 */
record MetadataSource(ManifestSource metadata, FolderSource folder) implements CatalogSource {
  @Override
  public Dataset<Row> list(SparkSession spark) {
    Dataset<Row> listed = metadata.rows(spark);
    List<String> tables = metadata.parts().stream().map(ManifestPart::file).toList();
    // Looked at before it is used.
    JavaRDD<Row> walked = folder.walk(spark).persist(StorageLevel.MEMORY_AND_DISK());
    tellFurther(walked, tables);
    Dataset<Row> names = listed.select(col(Listing.NAME).as("_listed")).distinct();
    Dataset<Row> others =
        spark
            .createDataFrame(walked, Listing.SCHEMA)
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

  /**
   * Refuses or reports metadata files further down, which are not read. Hugging Face's datasets
   * would use the metadata that is nearest to an image.
   */
  private void tellFurther(JavaRDD<Row> walked, List<String> tables) {
    List<String> met =
        MetadataFiles.in(walked).filter(path -> !tables.contains(path)).takeOrdered(1);
    if (met.isEmpty()) {
      return;
    }
    String what =
        "'"
            + met.get(0)
            + "' is metadata in a folder that '"
            + outer(met.get(0), tables)
            + "' is about";
    if (folder.config().format() == InputFormat.AUTO) {
      throw new UserException(
          "--input '"
              + folder.root()
              + "': "
              + what
              + ", and one of them would not be read; put their lines into one file, or name the"
              + " files one by one with --input");
    }
    folder.decisions().say(what + ": it is not read");
  }

  /** Returns the table whose folder a file is in. Of several it is the innermost. */
  private static String outer(String file, List<String> tables) {
    return tables.stream()
        .filter(table -> file.startsWith(table.substring(0, table.lastIndexOf('/') + 1)))
        .max(Comparator.comparingInt(String::length))
        .orElse(tables.get(0));
  }
}
