package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;
import org.sparkvit.core.DataException;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.ImageRows;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.pipeline.split.SplitConfig.Given;

class SplitterTest extends SparkTest {
  private static final SplitConfig PLAIN = config(0, Given.KEEP, null, true);

  @Test
  void meetsTheQuotasOfEveryClass() {
    Dataset<Row> images =
        new ImageRows().add("a", 1000, "x").add("b", 37, "y").add("c", 2, "z").dataset(spark);

    assertThat(counts(split(images, PLAIN)))
        .isEqualTo(
            Map.of(
                "x/train",
                800L,
                "x/validation",
                100L,
                "x/test",
                100L,
                "y/train",
                29L,
                "y/validation",
                4L,
                "y/test",
                4L,
                "z/train",
                2L));
  }

  @Test
  void isTheSameForAnyPartitioningAndOtherForAnotherSeed() {
    Dataset<Row> images = mixed(3).dataset(spark);
    Map<String, String> one = splitOf(split(images.repartition(1), grouped(5)));

    assertThat(splitOf(split(images.repartition(3), grouped(5)))).isEqualTo(one);
    assertThat(splitOf(split(images.repartition(7, col("patient")), grouped(5)))).isEqualTo(one);
    assertThat(splitOf(split(images, grouped(6)))).isNotEqualTo(one);
  }

  @Test
  void leavesOutWhatIsUnreadableOrUnlabelled() {
    Dataset<Row> images =
        new ImageRows()
            .add("a", 10, "x")
            .add("b", 10, "y")
            .add("broken", "x", null, null, "1", "TRUNCATED")
            .add("unlabelled", null, null, null, "2")
            .add("blank", " ", null, null, "3")
            .add("renamed", "x", null, null, "4", "EXT_MISMATCH")
            .dataset(spark);

    assertThat(splitOf(split(images, PLAIN)))
        .hasSize(21)
        .containsKey(StableHash.id("renamed"))
        .doesNotContainKey(StableHash.id("broken"));
  }

  @Test
  void neverPartsGroupsOrDuplicatesNorWhatTheyLink() {
    for (int seed = 0; seed < 3; seed++) {
      Dataset<Row> images = mixed(seed).dataset(spark);
      Dataset<Row> splits = split(images, grouped(seed));
      Map<String, String> splitOf = splitOf(splits);
      Map<String, Set<String>> places = new HashMap<>();
      for (Row row : images.select("id", "patient", "sha256").collectAsList()) {
        String split = splitOf.get(row.getString(0));
        if (row.getString(1) != null) {
          places.computeIfAbsent(row.getString(1), k -> new HashSet<>()).add(split);
        }
        places.computeIfAbsent(row.getString(2), k -> new HashSet<>()).add(split);
      }

      assertThat(places).allSatisfy((key, in) -> assertThat(in).as(key).hasSize(1));
      assertThat(splitOf).hasSize((int) images.count());
      // There are enough images without a group to meet the quotas all the same.
      assertThat(counts(splits))
          .containsAllEntriesOf(Map.of("x/train", 480L, "x/validation", 60L, "x/test", 60L))
          .containsAllEntriesOf(Map.of("y/train", 120L, "y/validation", 15L, "y/test", 15L));
    }
  }

  @Test
  void letsDuplicatesPartOnRequest() {
    ImageRows rows = new ImageRows().add("b", 30, "y");
    for (int i = 0; i < 30; i++) {
      rows.add("same-" + i, "x", null, null, "one content");
    }
    Dataset<Row> images = rows.dataset(spark);

    assertThat(counts(split(images, config(0, Given.KEEP, null, false))))
        .containsEntry("x/train", 24L)
        .containsEntry("x/test", 3L);
    assertThat(counts(split(images, PLAIN)))
        .containsEntry("x/train", 30L)
        .doesNotContainKey("x/test");
  }

  @Test
  void spreadsGroupsOfEverySizeCloseToTheShares() {
    SplittableRandom random = new SplittableRandom(4);
    ImageRows rows = new ImageRows();
    for (int p = 0; p < 300; p++) {
      int size = random.nextInt(2, 12);
      for (int i = 0; i < size; i++) {
        String name = "p" + p + "-" + i;
        rows.add(
            name, p % 5 == 0 || random.nextInt(4) == 0 ? "rare" : "often", null, "p" + p, name);
      }
    }
    Dataset<Row> images = rows.dataset(spark);
    Map<String, Long> totals = new HashMap<>();
    for (Row row : images.groupBy("label").count().collectAsList()) {
      totals.put(row.getString(0), row.getLong(1));
    }
    Map<String, Long> counts = counts(split(images, grouped(0)));

    totals.forEach(
        (label, total) -> {
          assertThat((double) counts.get(label + "/train") / total).isBetween(0.79, 0.81);
          assertThat((double) counts.get(label + "/validation") / total).isBetween(0.09, 0.11);
          assertThat((double) counts.get(label + "/test") / total).isBetween(0.09, 0.11);
        });
  }

  @Test
  void reachesEverySplitWithAsManyGroupsAsThereAreSplits() {
    ImageRows rows = new ImageRows().add("b", 30, "y");
    for (int i = 0; i < 60; i++) {
      rows.add("x" + i, "x", null, "patient " + i % 3, "x" + i);
    }

    assertThat(counts(split(rows.dataset(spark), grouped(0))))
        .containsAllEntriesOf(Map.of("x/train", 20L, "x/validation", 20L, "x/test", 20L));
  }

  @Test
  void newGroupsReachTheSplitsThatLackTheirClass() {
    ImageRows few = new ImageRows().add("b", 30, "y").add("a", 2, "x");
    Dataset<Row> first = split(few.dataset(spark), grouped(0));
    assertThat(counts(first)).containsEntry("x/train", 2L);

    for (int i = 0; i < 4; i++) {
      few.add("new" + i, "x", null, "patient " + i % 2, "new" + i);
    }
    assertThat(counts(split(few.dataset(spark), Optional.of(first), grouped(0))))
        .containsAllEntriesOf(Map.of("x/train", 2L, "x/validation", 2L, "x/test", 2L));
  }

  @Test
  void carvesValidationFromTrainAndKeepsTheNamedTestSet() {
    ImageRows rows = new ImageRows();
    for (int i = 0; i < 360; i++) {
      String split = i < 315 ? "train" : "test";
      rows.add("i" + i, i % 2 == 0 ? "x" : "y", split, null, "i" + i);
    }
    Dataset<Row> images = rows.dataset(spark);
    Dataset<Row> splits = split(images, PLAIN);

    assertThat(
            splits
                .filter("split = 'test'")
                .select("id")
                .except(images.filter("given_split = 'test'").select("id"))
                .count())
        .isZero();
    assertThat(counts(splits))
        .isEqualTo(
            Map.of(
                "x/train",
                140L,
                "x/validation",
                18L,
                "x/test",
                22L,
                "y/train",
                140L,
                "y/validation",
                17L,
                "y/test",
                23L));
    assertThat(counts(split(images, config(0, Given.IGNORE, null, true))))
        .containsEntry("x/test", 18L);
  }

  @Test
  void decidesNothingWhereAllThreeAreNamed() {
    ImageRows rows = new ImageRows();
    Map<String, String> given = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      String split = SplitsTable.NAMES.get(i % 3);
      given.put(StableHash.id("i" + i), split);
      rows.add("i" + i, i % 2 == 0 ? "x" : "y", split, null, "i" + i);
    }

    assertThat(splitOf(split(rows.dataset(spark), PLAIN))).isEqualTo(given);
  }

  @Test
  void extendsWithoutMovingAnything() {
    Dataset<Row> before = mixed(0).dataset(spark);
    Dataset<Row> first = split(before, grouped(0));
    Dataset<Row> kept = before.filter("path not like 'file:/gone%'");
    Dataset<Row> after =
        kept.union(
            new ImageRows()
                .add("new", 300, "x")
                .add("other", 50, "fresh")
                .add("relative", "x", null, "patient of y", "relative")
                .add("copy", "x", null, null, "single y3")
                .dataset(spark));

    Map<String, String> old = splitOf(first);
    Dataset<Row> second = split(after, Optional.of(first), grouped(0));
    Map<String, String> extended = splitOf(second);

    assertThat(extended).hasSize((int) after.count());
    for (Row row : kept.select("id").collectAsList()) {
      assertThat(extended.get(row.getString(0))).isEqualTo(old.get(row.getString(0)));
    }
    assertThat(extended.get(StableHash.id("copy"))).isEqualTo(old.get(StableHash.id("single y-3")));
    assertThat(extended.get(StableHash.id("relative")))
        .isEqualTo(old.get(StableHash.id("grouped y0")));
    // 600 + 302 images of x, of which 721.6 : 90.2 : 90.2 are wanted.
    assertThat(counts(second))
        .containsAllEntriesOf(
            Map.of("x/train", 722L, "x/validation", 90L, "x/test", 90L, "fresh/train", 40L));
  }

  @Test
  void namesAGroupThatIsPartedAlready() {
    Dataset<Row> images = mixed(0).dataset(spark);
    Dataset<Row> parted = split(images, config(0, Given.KEEP, null, false));

    assertThatThrownBy(() -> split(images, Optional.of(parted), grouped(0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("group 'patient=patient ")
        .hasMessageContaining("--overwrite");
  }

  @Test
  void namesAGroupThatTheDataParts() {
    Dataset<Row> images =
        new ImageRows()
            .add("a", 10, "x")
            .add("b", 10, "y")
            .add("one", "x", "train", null, "same")
            .add("two", "x", "test", null, "same")
            .dataset(spark);

    assertThatThrownBy(() -> split(images, PLAIN))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("group 'sha256=")
        .hasMessageContaining("in test and in train")
        .hasMessageContaining("--given ignore");
    assertThat(splitOf(split(images, config(0, Given.KEEP, null, false))))
        .containsEntry(StableHash.id("two"), "test");
  }

  @Test
  void refusesWhatCannotBeSplit() {
    Dataset<Row> oneClass = new ImageRows().add("a", 10, "cat").dataset(spark);
    assertThatThrownBy(() -> split(oneClass, PLAIN))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("all 10 usable images have the class 'cat'");

    assertThatThrownBy(() -> split(oneClass.filter("label is null"), PLAIN))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no image that is both usable");

    assertThatThrownBy(() -> split(oneClass, config(0, Given.KEEP, "hospital", true)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'hospital' is not a column")
        .hasMessageContaining("patient");

    Dataset<Row> misnamed =
        new ImageRows().add("a", 3, "x").add("b", "y", "dev", null, "b").dataset(spark);
    assertThatThrownBy(() -> split(misnamed, PLAIN))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("'dev'");

    Dataset<Row> named =
        new ImageRows()
            .add("a", 3, "x")
            .add("b", "y", "validation", null, "b")
            .add("c", "y", "test", null, "c")
            .dataset(spark);
    SplitConfig noTrain = shares("0", "0.5", "0.5");
    assertThatThrownBy(() -> split(named, noTrain))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nowhere to go");
  }

  @Test
  void refusesSharesThatAreNotShares() {
    assertThatThrownBy(() -> shares("0.8", "0.1", "0.2"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("sum to 1.1; they must sum to 1");
    assertThatThrownBy(() -> shares("1.1", "-0.1", "0"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--train is 1.1");
    assertThat(Options.values(shares("0.7", "0.10", "0.2"))).containsEntry("given", "keep");
  }

  /** 750 images: 600 x, 150 y; of the former 120 in groups or duplicated, of the latter 50. */
  private static ImageRows mixed(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ImageRows rows = new ImageRows();
    for (int i = 0; i < 120; i++) {
      String patient = random.nextInt(3) == 0 ? null : "patient " + random.nextInt(40);
      String content = random.nextInt(3) == 0 ? "content " + random.nextInt(30) : "grouped x" + i;
      rows.add("grouped x" + i, "x", null, patient, content);
    }
    for (int i = 0; i < 50; i++) {
      String patient = i < 2 ? "patient of y" : "patient " + random.nextInt(40);
      rows.add("grouped y" + i, "y", null, patient, "grouped y" + i);
    }
    rows.add("single x", 480, "x");
    rows.add("single y", 90, "y");
    return rows.add("gone", 10, "y");
  }

  private static SplitConfig shares(String train, String validation, String test) {
    return Options.with(
        SplitConfig.class,
        "workspace",
        "w",
        "train",
        train,
        "validation",
        validation,
        "test",
        test);
  }

  private static SplitConfig config(long seed, Given given, String group, boolean duplicates) {
    return new SplitConfig(
        "w",
        new BigDecimal("0.8"),
        new BigDecimal("0.1"),
        new BigDecimal("0.1"),
        seed,
        given,
        false,
        false,
        Optional.ofNullable(group),
        Optional.empty(),
        duplicates,
        0,
        1);
  }

  private static SplitConfig grouped(long seed) {
    return config(seed, Given.KEEP, "patient", true);
  }

  private static Dataset<Row> split(Dataset<Row> images, SplitConfig config) {
    return split(images, Optional.empty(), config);
  }

  private static Dataset<Row> split(
      Dataset<Row> images, Optional<Dataset<Row>> earlier, SplitConfig config) {
    Dataset<Row> items = SplitItems.of(images, Optional.empty(), earlier, config).persist();
    try {
      // Collected, so that the cached items can go.
      Dataset<Row> splits = new Splitter(items, config).place().select("id", "label", "split");
      return spark.createDataFrame(splits.collectAsList(), splits.schema());
    } finally {
      items.unpersist();
    }
  }

  private static Map<String, Long> counts(Dataset<Row> splits) {
    Map<String, Long> counts = new TreeMap<>();
    for (Row row : splits.groupBy("label", "split").count().collectAsList()) {
      counts.put(row.getString(0) + "/" + row.getString(1), row.getLong(2));
    }
    return counts;
  }

  private static Map<String, String> splitOf(Dataset<Row> splits) {
    Map<String, String> map = new TreeMap<>();
    for (Row row : splits.select("id", "split").collectAsList()) {
      assertThat(map.put(row.getString(0), row.getString(1))).isNull();
    }
    return map;
  }
}
