package org.sparkvit.pipeline.pack;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.IdRange;

class ShardPlanTest extends SparkTest {
  private static final StructType SCHEMA =
      new StructType()
          .add(ImagesTable.ID, DataTypes.StringType)
          .add(ImagesTable.BYTES, DataTypes.LongType);

  private static Dataset<Row> images(int count, long bytes) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(RowFactory.create(StableHash.id("image " + i), bytes));
    }
    return spark.createDataFrame(rows, SCHEMA);
  }

  @Test
  void everyImageIsInOneShardOfAboutTheSize() {
    Dataset<Row> images = images(1000, 1000).localCheckpoint();
    ShardPlan plan = ShardPlan.plan(images, 150_000);
    assertThat(plan.images()).isEqualTo(1000);
    assertThat(plan.bytes()).isEqualTo(1_000_000);
    assertThat(plan.shards()).hasSize(7);
    long sum = 0;
    for (IdRange shard : plan.shards()) {
      long own = images.where(shard.has(col(ImagesTable.ID))).count();
      assertThat(own).isBetween(140L, 147L);
      sum += own;
    }
    assertThat(sum).isEqualTo(1000);
  }

  @Test
  void oneImageIsOneShardHoweverLarge() {
    assertThat(ShardPlan.plan(images(3, 1000), 10).shards()).hasSize(3);
    assertThat(ShardPlan.plan(images(3, 1000), 1 << 30).shards())
        .containsExactly(new IdRange("", "", 3));
  }

  @Test
  void nothing() {
    ShardPlan plan = ShardPlan.plan(images(0, 1), 10);
    assertThat(plan.images()).isZero();
    assertThat(plan.shards()).isEmpty();
  }
}
