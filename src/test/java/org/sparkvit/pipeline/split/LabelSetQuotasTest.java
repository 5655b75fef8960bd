package org.sparkvit.pipeline.split;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Against label-sets.json, for which make_label_set_fixtures.py placed image by image. */
class LabelSetQuotasTest {
  private static final List<BigDecimal> SHARES =
      List.of(new BigDecimal("0.8"), new BigDecimal("0.1"), new BigDecimal("0.1"));

  @Test
  void setsAreSharedAsImageByImage() throws IOException {
    JsonNode cases =
        new ObjectMapper()
            .readTree(LabelSetQuotasTest.class.getResourceAsStream("/split/label-sets.json"));
    assertThat(cases).hasSize(16);
    for (JsonNode c : cases) {
      List<BigDecimal> shares = new ArrayList<>();
      c.get("shares").forEach(share -> shares.add(new BigDecimal(share.asText())));
      boolean[] open = new boolean[shares.size()];
      for (int s = 0; s < open.length; s++) {
        open[s] = c.get("open").get(s).asBoolean();
      }
      SortedMap<String, ClassCount> sets = new TreeMap<>();
      SortedMap<String, List<Long>> expected = new TreeMap<>();
      for (JsonNode row : c.get("sets")) {
        List<String> parts = new ArrayList<>();
        row.get("set").forEach(part -> parts.add(part.asText()));
        ClassCount count = ClassCount.none(open.length).plusSingle(row.get("single").asLong());
        for (int s = 0; s < open.length; s++) {
          count = count.plusPlaced(s, row.get("placed").get(s).asLong());
        }
        sets.put(String.join("\u001f", parts), count);
        List<Long> quota = new ArrayList<>();
        row.get("quota").forEach(n -> quota.add(n.asLong()));
        expected.put(String.join("\u001f", parts), quota);
      }
      SortedMap<String, List<Long>> quotas = new TreeMap<>();
      SortedMap<String, long[]> classes = new TreeMap<>();
      c.get("classes")
          .fields()
          .forEachRemaining(
              entry -> {
                long[] quota = new long[open.length];
                for (int s = 0; s < quota.length; s++) {
                  quota[s] = entry.getValue().get(s).asLong();
                }
                classes.put(entry.getKey(), quota);
              });
      LabelSetQuotas.fill(sets, classes, shares, open)
          .forEach((set, quota) -> quotas.put(set, Arrays.stream(quota).boxed().toList()));
      assertThat(quotas).isEqualTo(expected);
    }
  }

  /** Sets with few images each, which their own quotas would all give to the train split. */
  @Test
  void everyLabelHasItsShareThoughNoSetIsLargeEnough() {
    SplittableRandom random = new SplittableRandom(3);
    SortedMap<String, ClassCount> sets = new TreeMap<>();
    for (int i = 0; i < 400; i++) {
      StringBuilder set = new StringBuilder(i % 4 == 0 ? "sensitive" : "ordinary");
      for (int label = 0; label < 12; label++) {
        if (random.nextInt(12) < 3) {
          set.append('\u001f').append((char) ('a' + label));
        }
      }
      sets.merge(
          set.toString(),
          ClassCount.none(3).plusSingle(1 + random.nextInt(3)),
          (a, b) -> a.plusSingle(b.single()));
    }
    boolean[] open = {true, true, true};
    SortedMap<String, long[]> apart = new TreeMap<>();
    SortedMap<String, ClassCount> whole = new TreeMap<>();
    sets.forEach(
        (set, count) -> {
          apart.put(set, Quotas.fill(count.total(), count.placed(), SHARES, open));
          whole.merge(LabelSet.className(set), count, ClassCount::plus);
        });
    SortedMap<String, long[]> classes = new TreeMap<>();
    whole.forEach(
        (name, count) ->
            classes.put(name, Quotas.fill(count.total(), count.placed(), SHARES, open)));
    SortedMap<String, long[]> quotas = LabelSetQuotas.fill(sets, classes, SHARES, open);
    assertThat(LabelCounts.classes(quotas)).containsExactlyEntriesOf(classes);
    quotas.forEach(
        (set, quota) -> assertThat(Arrays.stream(quota).sum()).isEqualTo(sets.get(set).total()));
    assertThat(LabelCounts.labels(quotas)).hasSize(12);
    assertThat(worst(quotas)).isLessThan(0.02);
    assertThat(worst(apart)).isGreaterThan(0.08);
  }

  /** The largest difference of a label's or a class's share of a split from what is wanted. */
  private static double worst(SortedMap<String, long[]> quotas) {
    List<long[]> counts = new ArrayList<>(LabelCounts.labels(quotas).values());
    counts.addAll(LabelCounts.classes(quotas).values());
    double worst = 0;
    for (long[] splits : counts) {
      double sum = Arrays.stream(splits).sum();
      for (int s = 0; s < splits.length; s++) {
        worst = Math.max(worst, Math.abs(splits[s] / sum - SHARES.get(s).doubleValue()));
      }
    }
    return worst;
  }
}
