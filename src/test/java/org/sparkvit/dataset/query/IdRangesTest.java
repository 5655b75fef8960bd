package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.workspace.IdRange;

class IdRangesTest extends SparkTest {
  private static Dataset<Row> images(List<String> ids) {
    return spark.createDataset(ids, Encoders.STRING()).toDF("id");
  }

  private static List<String> hashes(int count) {
    return IntStream.range(0, count).mapToObj(i -> StableHash.id("image-" + i)).toList();
  }

  private static List<String> in(IdRange range, Dataset<Row> images) {
    return images.where(range.has(col("id"))).as(Encoders.STRING()).collectAsList();
  }

  @Test
  void everyImageIsInOneRangeWhereverTheFirstBegins() {
    List<String> ids = hashes(500);
    Dataset<Row> images = images(ids).cache();
    for (String name : List.of("one run", "another", "a third")) {
      IdRanges ranges = IdRanges.cut(images, name);
      assertThat(ranges.images()).isEqualTo(500);
      List<String> found = new ArrayList<>();
      int small = 0;
      SortedMap<String, String> bounds = new TreeMap<>();
      while (ranges.images() > 0) {
        IdRange range = ranges.next(90);
        List<String> inside = in(range, images);
        assertThat(inside).hasSize((int) range.images()).hasSizeLessThan(91 + 45);
        small += inside.size() < 90 ? 1 : 0;
        found.addAll(inside);
        bounds.put(Collections.min(inside), Collections.max(inside));
      }
      assertThat(found).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(bounds).hasSizeBetween(5, 7);
      // The one at the end of the order, and the last.
      assertThat(small).isLessThanOrEqualTo(2);
      // A file of one has none of the ids of another: the order of their ends is that of their
      // starts.
      List<String> marks = new ArrayList<>();
      bounds.forEach((least, greatest) -> marks.addAll(List.of(least, greatest)));
      assertThat(marks).isSorted();
    }
  }

  @Test
  void whatFitsIntoOneRangeIsOne() {
    List<String> ids = hashes(100);
    Dataset<Row> images = images(ids).cache();
    IdRanges ranges = IdRanges.cut(images, "one");
    assertThat(in(ranges.next(1000), images)).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(ranges.images()).isZero();
  }

  @Test
  void whatIsLeftGoesWithTheLastWhenItIsLittle() {
    IdRanges ranges =
        IdRanges.cut(images(List.of("0000a", "1000a", "2000a", "3000a", "4000a")), "");
    assertThat(ranges.next(4).images()).isEqualTo(5);
    assertThat(ranges.images()).isZero();
  }

  @Test
  void idsThatAreNoHashesAreAllThere() {
    List<String> ids = List.of("a", "ab", "abcd", "abcd/1", "abcd/2", "abce", "zz", "");
    Dataset<Row> images = images(ids).cache();
    IdRanges ranges = IdRanges.cut(images, "x");
    List<String> found = new ArrayList<>();
    while (ranges.images() > 0) {
      found.addAll(in(ranges.next(1), images));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void runsBeginInDifferentPlaces() {
    Dataset<Row> images = images(hashes(100)).cache();
    assertThat(IdRanges.cut(images, "one").next(1))
        .isNotEqualTo(IdRanges.cut(images, "two").next(1));
  }
}
