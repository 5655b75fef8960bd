package org.sparkvit.loading;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
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

  /** The number of images inside Parquet files from which packing them is worth a word. */
  private static final long MANY = 1000;

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
   * Adds the columns and, where there are shards or images inside Parquet files, repartitions the
   * rows so that neighbours are together and in order, for {@link ShardReads} to read with few
   * requests and for {@link ParquetCells} to read each page once. Elsewhere no row is moved, except
   * by {@code otherwise}.
   *
   * @param images rows with the id, path, offset and sha256 of {@link ImagesTable}
   * @param partitions the number of partitions, of about as many images each; there are fewer where
   *     there are few images
   * @param otherwise repartitions the rows where no two images share a file
   */
  public static Dataset<Row> inOrder(
      Workspace workspace,
      Dataset<Row> images,
      int partitions,
      UnaryOperator<Dataset<Row>> otherwise) {
    boolean cells =
        !workspace.has(PackedTable.SPEC) && !images.where(ParquetCell.isCell()).isEmpty();
    return inOrder(workspace, images, cells, partitions, otherwise);
  }

  /**
   * Does the same where it is known whether there are images inside Parquet files, which {@link
   * #inOrder(Workspace, Dataset, int, UnaryOperator)} finds out in a Spark job.
   *
   * @param cells whether there may be some; it does not matter where there are shards
   */
  public static Dataset<Row> inOrder(
      Workspace workspace,
      Dataset<Row> images,
      boolean cells,
      int partitions,
      UnaryOperator<Dataset<Row>> otherwise) {
    if (!workspace.has(PackedTable.SPEC) && !cells) {
      return otherwise.apply(orNone(images));
    }
    Column[] order = order();
    return of(workspace, images).repartitionByRange(partitions, order).sortWithinPartitions(order);
  }

  /**
   * Repartitions images inside Parquet files so that each file's rows follow one another.
   *
   * @param cells rows with the id, path and offset of {@link ImagesTable}
   */
  public static Dataset<Row> sorted(Dataset<Row> cells, int partitions) {
    Column[] order = {ParquetCell.fileColumn(), col(ImagesTable.OFFSET), col(ImagesTable.ID)};
    return cells.repartitionByRange(partitions, order).sortWithinPartitions(order);
  }

  /** Returns the columns by which neighbours in shards and in Parquet files follow one another. */
  private static Column[] order() {
    Column cell = ParquetCell.isCell();
    return new Column[] {
      coalesce(col(SHARD), when(cell, ParquetCell.fileColumn()).otherwise(col(ImagesTable.PATH))),
      coalesce(col(START), when(cell, col(ImagesTable.OFFSET))),
      col(ImagesTable.ID)
    };
  }

  /**
   * Returns the order of {@link #inOrder} for rows that are in memory.
   *
   * <p>The rows have the id, path and offset of {@link ImagesTable} and the columns that {@link
   * #of} adds.
   */
  public static Comparator<Row> comparator() {
    return Comparator.comparing(ImageLocations::container)
        .thenComparing(ImageLocations::place, Comparator.nullsFirst(Comparator.naturalOrder()))
        .thenComparing(row -> row.<String>getAs(ImagesTable.ID));
  }

  private static Optional<ParquetCell> cell(Row row) {
    return ParquetCell.of(row.getAs(ImagesTable.PATH), row.<Long>getAs(ImagesTable.OFFSET));
  }

  private static String container(Row row) {
    String shard = row.getAs(SHARD);
    return shard != null
        ? shard
        : cell(row).map(ParquetCell::file).orElseGet(() -> row.getAs(ImagesTable.PATH));
  }

  private static Long place(Row row) {
    Long start = row.getAs(START);
    return start != null ? start : cell(row).map(ParquetCell::offset).orElse(null);
  }

  /**
   * Counts, in a Spark job, the images that are read from inside Parquet files, as they are in no
   * shard.
   *
   * @param images rows with the id, path, offset and sha256 of {@link ImagesTable}
   */
  public static long countCells(Workspace workspace, Dataset<Row> images) {
    Dataset<Row> cells = images.where(ParquetCell.isCell());
    return workspace.has(PackedTable.SPEC)
        ? of(workspace, cells).where(col(SHARD).isNull()).count()
        : cells.count();
  }

  /**
   * Returns a sentence for people where many images are read from inside Parquet files, or nothing.
   * It counts them in a Spark job.
   *
   * @param images as for {@link #countCells}
   */
  public static Optional<String> findPackAdvice(Workspace workspace, Dataset<Row> images) {
    long cells = countCells(workspace, images);
    return cells < MANY
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%,d images are inside Parquet files, where reading some of them reads their"
                    + " neighbours, too; run 'spark-vit pack' first to read them faster",
                cells));
  }
}
