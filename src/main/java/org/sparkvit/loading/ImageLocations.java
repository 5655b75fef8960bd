package org.sparkvit.loading;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PackedTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * The locations of the bytes of images: in a packed shard when this very content is in one,
 * otherwise where the catalog found them. Only rows are joined here; no bytes are read.
 */
public final class ImageLocations {
  /** The URI of the shard with the content, or null where it is in no shard. */
  public static final String SHARD = "packed_shard";

  /** The index of the content's first byte in {@link #SHARD}, or null where it is in no shard. */
  public static final String START = "packed_start";

  private ImageLocations() {}

  /**
   * Adds the columns {@link #SHARD} and {@link #START} to rows. The number of rows stays the same.
   *
   * @param images rows with the id and sha256 of {@link ImagesTable}
   */
  public static Dataset<Row> of(Workspace workspace, Dataset<Row> images) {
    if (!workspace.has(PackedTable.SPEC)) {
      return orNone(images);
    }
    Dataset<Row> packed =
        workspace
            .read(PackedTable.SPEC)
            .select(
                col(PackedTable.ID),
                col(PackedTable.SHA256),
                concat(lit(workspace.uri() + "/"), col(PackedTable.SHARD)).as(SHARD),
                col(PackedTable.OFFSET).as(START));
    return SameContent.withRows(images, packed);
  }

  /** Adds the columns to rows that lack them, with null for every row. */
  public static Dataset<Row> orNone(Dataset<Row> images) {
    return Arrays.asList(images.columns()).contains(SHARD)
        ? images
        : images
            .withColumn(SHARD, lit(null).cast("string"))
            .withColumn(START, lit(null).cast("long"));
  }

  /**
   * Adds the columns and, where there are shards, repartitions the rows so that neighbours in
   * shards are together and in order, for {@link ShardReads} to read with few requests. Without
   * shards no row is moved, except by {@code otherwise}.
   *
   * @param images rows with the id, path and sha256 of {@link ImagesTable}
   * @param partitions the number of partitions, of about as many images each; there are fewer where
   *     there are few images
   * @param otherwise repartitions the rows where there are no shards
   */
  public static Dataset<Row> inOrder(
      Workspace workspace,
      Dataset<Row> images,
      int partitions,
      UnaryOperator<Dataset<Row>> otherwise) {
    if (!workspace.has(PackedTable.SPEC)) {
      return otherwise.apply(orNone(images));
    }
    Column[] order = {coalesce(col(SHARD), col(ImagesTable.PATH)), col(START), col(ImagesTable.ID)};
    return of(workspace, images).repartitionByRange(partitions, order).sortWithinPartitions(order);
  }
}
