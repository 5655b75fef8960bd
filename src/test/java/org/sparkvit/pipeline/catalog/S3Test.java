package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.tar;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.S3Proxy;
import org.sparkvit.SparkTest;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;

class S3Test extends SparkTest {
  private static final int FILES = 60;

  @TempDir private java.nio.file.Path temp;

  @Test
  void oneRequestPerListedImage() throws Exception {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (S3Proxy s3 = S3Proxy.start()) {
      s3.configure(hadoop);
      s3.createBucket("catalog");
      FileSystem fs = new Path("s3a://catalog/").getFileSystem(hadoop);
      Set<String> hashes = new HashSet<>();
      for (int i = 0; i < FILES; i++) {
        byte[] content = image("png", i);
        hashes.add(StableHash.sha256(content));
        put(
            fs,
            "s3a://catalog/pets/" + (i % 2 == 0 ? "cat" : "a b#c%20") + "/" + i + ".png",
            content);
      }
      java.nio.file.Path shard =
          tar(temp.resolve("s.tar"), "1.jpg", image("jpg", 1), "2.jpg", image("jpg", 2));
      put(fs, "s3a://catalog/shards/s.tar", Files.readAllBytes(shard));

      long heads = heads(fs);
      CatalogRun catalog = new CatalogRun(spark, temp.resolve("workspace"));
      Dataset<Row> images = catalog.of("s3a://catalog/pets");
      assertThat(images.where("status = 'OK'").count()).isEqualTo(FILES);
      assertThat(
              images.collectAsList().stream()
                  .map(row -> row.<String>getAs(ImagesTable.SHA256))
                  .toList())
          .containsExactlyInAnyOrderElementsOf(hashes);
      assertThat(images.where("label = 'a b#c%20'").count()).isEqualTo(FILES / 2);
      // Three for each folder, which may have metadata of three names; none for the images.
      assertThat(heads(fs) - heads).isLessThan(15);

      CatalogRun shards = new CatalogRun(spark, temp.resolve("shards"));
      assertThat(shards.of("s3a://catalog/shards").where("status = 'OK'").count()).isEqualTo(2);
    } finally {
      FileSystem.closeAll();
    }
  }

  private static long heads(FileSystem fs) {
    return fs.getStorageStatistics().getLong("object_metadata_request");
  }

  private static void put(FileSystem fs, String path, byte[] content) throws IOException {
    try (OutputStream out = fs.create(new Path(path))) {
      out.write(content);
    }
  }
}
