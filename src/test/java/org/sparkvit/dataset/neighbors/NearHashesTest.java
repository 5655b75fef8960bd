package org.sparkvit.dataset.neighbors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.query.Components;
import org.sparkvit.image.hash.PdqHash;

class NearHashesTest extends SparkTest {
  private static byte[] random(SplittableRandom random) {
    ByteBuffer bytes = ByteBuffer.allocate(PdqHash.BYTES);
    for (int i = 0; i < 4; i++) {
      bytes.putLong(random.nextLong());
    }
    return bytes.array();
  }

  /** The same with exactly so many bits changed. */
  private static byte[] changed(byte[] hash, int bits, SplittableRandom random) {
    byte[] other = hash.clone();
    Set<Integer> positions = new HashSet<>();
    while (positions.size() < bits) {
      positions.add(random.nextInt(PdqHash.BITS));
    }
    positions.forEach(at -> other[at / 8] ^= (byte) (1 << (at % 8)));
    return other;
  }

  private static Dataset<Row> rows(List<byte[]> hashes) {
    return spark.createDataset(hashes, Encoders.BINARY()).toDF("hash");
  }

  private static String pair(byte[] one, byte[] other) {
    String a = HexFormat.of().formatHex(one);
    String b = HexFormat.of().formatHex(other);
    return a.compareTo(b) < 0 ? a + b : b + a;
  }

  @Test
  void asManyPlantedPairsAreFoundAsIsPredicted() {
    assertThat(NearHashes.recall(0)).isEqualTo(1);
    assertThat(NearHashes.recall(24)).isCloseTo(0.985, within(0.001));
    assertThat(NearHashes.recall(31)).isCloseTo(0.848, within(0.001));
    SplittableRandom random = new SplittableRandom(5);
    int[] distances = {16, 20, 24, 31, 32};
    int planted = 1500;
    List<byte[]> hashes = new ArrayList<>();
    for (int distance : distances) {
      for (int i = 0; i < planted; i++) {
        byte[] hash = random(random);
        hashes.add(hash);
        hashes.add(changed(hash, distance, random));
      }
    }
    Map<Integer, Integer> found = new TreeMap<>();
    for (Row row : NearHashes.pairs(rows(hashes), PdqHash.SAME).collectAsList()) {
      found.merge(row.<Integer>getAs(NearHashes.DISTANCE), 1, Integer::sum);
    }
    // Random hashes are never so near, and none of the pairs is named twice.
    assertThat(found).containsOnlyKeys(16, 20, 24, 31);
    found.forEach(
        (distance, pairs) ->
            assertThat(pairs / (double) planted)
                .as("at %d", distance)
                .isCloseTo(NearHashes.recall(distance), within(0.03)));
  }

  @Test
  void theSamePairsWhateverTheOrderAndThePartitions() {
    SplittableRandom random = new SplittableRandom(6);
    List<byte[]> hashes = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] hash = random(random);
      hashes.add(hash);
      for (int k = 0; k < 5; k++) {
        hashes.add(changed(hash, 4 + k, random));
      }
    }
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < hashes.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (PdqHash.distance(PdqHash.bits(hashes.get(i)), PdqHash.bits(hashes.get(j))) <= 12) {
          expected.add(pair(hashes.get(i), hashes.get(j)));
        }
      }
    }
    assertThat(expected).hasSizeGreaterThan(500);
    for (int partitions : new int[] {1, 3, 7}) {
      List<String> found =
          NearHashes.pairs(rows(hashes).repartition(partitions), 12).collectAsList().stream()
              .map(row -> pair(row.getAs(NearHashes.A), row.getAs(NearHashes.B)))
              .toList();
      assertThat(found).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /** A thousand frames of one film in one bucket: neighbours tie them together. */
  @Test
  void aLargeBucketIsNotComparedInFullAndYetTied() {
    SplittableRandom random = new SplittableRandom(7);
    byte[] hash = random(random);
    Set<String> seen = new HashSet<>();
    List<byte[]> hashes = new ArrayList<>();
    while (hashes.size() < 500) {
      byte[] frame = changed(hash, 3, random);
      if (seen.add(HexFormat.of().formatHex(frame))) {
        hashes.add(frame);
      }
    }
    Dataset<Row> pairs = NearHashes.pairs(rows(hashes), PdqHash.SAME).persist();
    assertThat(pairs.count()).isBetween(500L, 124_000L);
    Dataset<Row> components = Components.of(pairs.selectExpr("hex(a)", "hex(b)"));
    assertThat(components.count()).isEqualTo(500);
    assertThat(components.select(Components.NAME).distinct().count()).isEqualTo(1);
    pairs.unpersist();
  }
}
