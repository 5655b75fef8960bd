package org.sparkvit.loading;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.dataset.schema.ImagesTable;

class PreparedImageTest {
  private static final PreparedImage READ =
      new PreparedImage(ImageStatus.OK, null, "read", new byte[3]);

  private static Row row(String path, long offset, String sha256) {
    StructType schema =
        new StructType()
            .add(ImagesTable.PATH, DataTypes.StringType)
            .add(ImagesTable.OFFSET, DataTypes.LongType)
            .add(ImagesTable.SHA256, DataTypes.StringType);
    return new GenericRowWithSchema(new Object[] {path, offset, sha256}, schema);
  }

  @Test
  void anotherImageInARowOfAParquetFileIsNotTheCatalogsOne() {
    String cell = "file:/d/a.parquet#image.bytes/4";
    assertThat(READ.asCataloged(row(cell, 5, "read"))).isSameAs(READ);
    PreparedImage other = READ.asCataloged(row(cell, 5, "seen"));
    assertThat(other.isUsable()).isFalse();
    assertThat(other.status()).isEqualTo(ImageStatus.MISSING);
    assertThat(other.reason()).isEqualTo("has changed since the catalog was made");
    assertThat(READ.asCataloged(row("file:/d/a.png", 0, "seen"))).isSameAs(READ);
    PreparedImage gone = new PreparedImage(ImageStatus.MISSING, "the file is gone", null, null);
    assertThat(gone.asCataloged(row(cell, 5, "seen"))).isSameAs(gone);
  }
}
