package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code crop_hashes}: hashes of each image and of parts of it, for {@code audit --crops}. */
public final class CropHashesTable {
  public static final String ID = "id";

  /** SHA-256 of the content, or null where it could not be read. */
  public static final String SHA256 = "sha256";

  /** PDQ hashes of 32 bytes each, one after the other, or null where there are no pixels. */
  public static final String HASHES = "hashes";

  /** The background, as in {@link PixelsTable#BACKGROUND}. */
  public static final String BACKGROUND = "background";

  public static final TableSpec SPEC =
      new TableSpec(
          "crop_hashes",
          "audit",
          "Hashes of what each image and parts of it look like, for audit --crops; of the content"
              + " that was read last.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(SHA256, DataTypes.StringType, true, ColumnComments.SHA256)
              .add(
                  HASHES,
                  DataTypes.BinaryType,
                  true,
                  "PDQ hashes of the image and its parts, 32 bytes each, one after the other; null"
                      + " where there are no pixels.")
              .add(BACKGROUND, DataTypes.StringType, true, ColumnComments.BACKGROUND),
          false,
          List.of(ID));

  private CropHashesTable() {}
}
