package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code packed}: the places of images' bytes in the shards of {@code pack}. A shard is an ordinary
 * Parquet file with the columns of {@link ImagesTable} and {@link #CONTENT}. A row of this table is
 * the place of one value of that column, whose bytes are contiguous. Some rows may be about
 * contents that the catalog no longer has.
 */
public final class PackedTable {
  public static final String ID = "id";

  /**
   * The SHA-256 of the packed content. A row of the catalog with another one is about another
   * content.
   */
  public static final String SHA256 = "sha256";

  /** The shard file, relative to the workspace, so that the workspace may be moved. */
  public static final String SHARD = "shard";

  /** The index of the content's first byte in the shard file. */
  public static final String OFFSET = "offset";

  /** The length of the content in bytes. */
  public static final String BYTES = "bytes";

  /** The column of a shard that holds the bytes of the images' files. */
  public static final String CONTENT = "content";

  public static final TableSpec SPEC =
      new TableSpec(
          "packed",
          "pack",
          "Where in the Parquet shards of pack the bytes of each image lie, in one piece. Contents"
              + " that the catalog no longer has may be among them.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(
                  SHA256,
                  DataTypes.StringType,
                  false,
                  "SHA-256 of the packed content, 64 hex digits; a row of table images with another"
                      + " one is not this image.")
              .add(
                  SHARD,
                  DataTypes.StringType,
                  false,
                  "The shard's file, relative to the workspace.")
              .add(
                  OFFSET,
                  DataTypes.LongType,
                  false,
                  "First byte of the content in the shard's file.")
              .add(BYTES, DataTypes.LongType, false, "Length of the content in bytes."),
          false,
          List.of(ID, SHA256));

  private PackedTable() {}
}
