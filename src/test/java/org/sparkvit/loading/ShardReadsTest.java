package org.sparkvit.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;

class ShardReadsTest extends SparkTest {
  private static final StructType SCHEMA =
      new StructType()
          .add(ImagesTable.BYTES, DataTypes.LongType)
          .add(ImagesTable.SHA256, DataTypes.StringType)
          .add(ImageLocations.SHARD, DataTypes.StringType)
          .add(ImageLocations.START, DataTypes.LongType);

  @TempDir private Path folder;
  private byte[] content;
  private Path shard;

  @BeforeEach
  void write() throws IOException {
    content = new byte[9 << 20];
    new Random(1).nextBytes(content);
    shard = Files.write(folder.resolve("a.parquet"), content);
  }

  private Row packed(Path file, int start, int bytes) {
    return row(bytes, StableHash.sha256(bytes(start, bytes)), file.toString(), (long) start);
  }

  private static Row row(Object... values) {
    return new GenericRowWithSchema(Arrays.copyOf(values, values.length), SCHEMA) {
      @Override
      public Object get(int i) {
        Object value = super.get(i);
        return value instanceof Integer number ? Long.valueOf(number) : value;
      }
    };
  }

  private byte[] bytes(int start, int bytes) {
    return Arrays.copyOfRange(content, start, start + bytes);
  }

  private List<ShardReads.Image> images(List<Row> rows) {
    List<ShardReads.Image> images = new ArrayList<>();
    new ShardReads(new ImageFiles(spark), rows.iterator()).forEachRemaining(images::add);
    assertThat(images).extracting(ShardReads.Image::row).isEqualTo(rows);
    return images;
  }

  private static long stretches(List<ShardReads.Image> images) {
    return images.stream()
        .map(ShardReads.Image::stretch)
        .filter(stretch -> stretch != null)
        .distinct()
        .count();
  }

  @Test
  void eachImageHasItsBytesWhicheverThreadAsks() throws Exception {
    List<Row> rows = new ArrayList<>();
    Random random = new Random(2);
    for (int start = 100; start < content.length - 40_000; start += 30_000) {
      rows.add(packed(shard, start, random.nextInt(30_000)));
      if (start % 7 == 0) {
        rows.add(row(5, "of no shard", null, null));
      }
    }
    List<ShardReads.Image> images = images(rows);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<byte[]>> read = new ArrayList<>();
      images.forEach(image -> read.add(threads.submit(image::packed)));
      for (int i = 0; i < rows.size(); i++) {
        Row row = rows.get(i);
        if (row.isNullAt(2)) {
          assertThat(read.get(i).get()).isNull();
        } else {
          int start = (int) row.getLong(3);
          assertThat(read.get(i).get()).isEqualTo(bytes(start, (int) row.getLong(0)));
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void neighboursShareARequestUpToFourMebibytes() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      rows.add(packed(shard, i * 100_000, 99_000));
    }
    assertThat(stretches(images(rows))).isEqualTo(3);
    // One image may be larger than that.
    assertThat(images(List.of(packed(shard, 1, 8 << 20))).get(0).packed()).hasSize(8 << 20);
  }

  @Test
  void whatLiesFarApartDoesNot() throws IOException {
    Path other = Files.write(folder.resolve("b.parquet"), content);
    int near = 256 << 10;
    assertThat(stretches(images(List.of(packed(shard, 0, 10), packed(shard, near + 10, 10)))))
        .isEqualTo(1);
    assertThat(stretches(images(List.of(packed(shard, 0, 10), packed(shard, near + 11, 10)))))
        .isEqualTo(2);
    assertThat(stretches(images(List.of(packed(shard, 50, 10), packed(shard, 0, 10)))))
        .isEqualTo(2);
    assertThat(stretches(images(List.of(packed(shard, 0, 10), packed(other, 10, 10)))))
        .isEqualTo(2);
  }

  @Test
  void otherBytesThanThoseThatWerePackedAreNone() {
    Row wrong = row(10, StableHash.sha256(bytes(0, 10)), shard.toString(), 1L);
    List<ShardReads.Image> images = images(List.of(wrong, packed(shard, 20, 10)));
    assertThat(images.get(0).packed()).isNull();
    assertThat(images.get(1).packed()).isEqualTo(bytes(20, 10));
  }

  @Test
  void ofAShardThatIsCutShortTheRestIsRead() throws IOException {
    Path cut = Files.write(folder.resolve("cut.parquet"), bytes(0, 500));
    List<ShardReads.Image> images =
        images(List.of(packed(cut, 0, 100), packed(cut, 200, 300), packed(cut, 450, 100)));
    assertThat(images.get(0).packed()).isEqualTo(bytes(0, 100));
    assertThat(images.get(1).packed()).isEqualTo(bytes(200, 300));
    assertThat(images.get(2).packed()).isNull();
  }

  @Test
  void aShardThatIsGone() {
    Path gone = folder.resolve("gone.parquet");
    assertThat(images(List.of(packed(gone, 0, 1), packed(gone, 1, 1))))
        .allSatisfy(image -> assertThat(image.packed()).isNull());
    assertThat(images(List.of())).isEmpty();
  }
}
