package org.sparkvit.pipeline.split;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QuotasTest {
  private static final boolean[] ALL = {true, true, true};
  private static final long[] NOTHING = {0, 0, 0};

  @Test
  void sharesOutKnownCases() {
    assertThat(fill(1000, 80, 10, 10)).containsExactly(800, 100, 100);
    assertThat(fill(15, 80, 10, 10)).containsExactly(12, 2, 1);
    assertThat(fill(5, 80, 10, 10)).containsExactly(3, 1, 1);
    assertThat(fill(3, 80, 10, 10)).containsExactly(1, 1, 1);
    assertThat(fill(2, 80, 10, 10)).containsExactly(2, 0, 0);
    assertThat(fill(1, 80, 10, 10)).containsExactly(1, 0, 0);
    assertThat(fill(7, 100, 0, 0)).containsExactly(7, 0, 0);
    assertThat(fill(2, 90, 0, 10)).containsExactly(1, 0, 1);
    // 0.29 * 100 is 28.999999999999996 in doubles.
    assertThat(fill(100, 29, 14, 57)).containsExactly(29, 14, 57);
  }

  @Test
  void isNearestToTheSharesAmongAllPossibilities() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 300; i++) {
      int train = random.nextInt(10, 81);
      int validation = random.nextInt(10, 91 - train);
      int[] percents = {train, validation, 100 - train - validation};
      // From 10 images up a share of 10 % is at least one, so the minimum of one has no effect.
      int total = random.nextInt(10, 60);
      assertThat(fill(total, percents[0], percents[1], percents[2]))
          .as("%d at %s", total, Arrays.toString(percents))
          .containsExactly(nearest(total, percents));
    }
  }

  @Test
  void keepsItsPromisesWhateverIsPlacedAlready() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 5000; i++) {
      int train = random.nextInt(1, 101);
      int validation = random.nextInt(0, 101 - train);
      List<BigDecimal> shares = shares(train, validation, 100 - train - validation);
      boolean[] open = {true, random.nextBoolean(), random.nextBoolean()};
      long[] have = {random.nextLong(0, 30), random.nextLong(0, 10), random.nextLong(0, 10)};
      long total = Arrays.stream(have).sum() + random.nextLong(0, 50);

      long[] quotas = Quotas.fill(total, have, shares, open);

      assertThat(Arrays.stream(quotas).sum()).isEqualTo(total);
      long needed = 0;
      for (int s = 0; s < 3; s++) {
        assertThat(quotas[s]).isGreaterThanOrEqualTo(have[s]);
        if (!open[s] || shares.get(s).signum() == 0) {
          assertThat(quotas[s]).isEqualTo(have[s]);
          needed += have[s];
        } else {
          needed += Math.max(1, have[s]);
        }
      }
      for (int s = 0; s < 3; s++) {
        if (needed <= total && open[s] && shares.get(s).signum() > 0) {
          assertThat(quotas[s]).isPositive();
        }
      }
    }
  }

  @Test
  void newImagesFillTheQuotasOfTheNewTotal() {
    assertThat(Quotas.fill(200, new long[] {80, 10, 10}, shares(80, 10, 10), ALL))
        .containsExactly(160, 20, 20);
    // A test set beyond its share gets nothing; train and validation share the rest 8 : 1.
    assertThat(Quotas.fill(60_000, new long[] {0, 0, 10_000}, shares(80, 10, 10), ALL))
        .containsExactly(44_444, 5_556, 10_000);
    // A named test set is closed even where it is smaller than its share.
    assertThat(
            Quotas.fill(
                1000, new long[] {0, 0, 50}, shares(80, 10, 10), new boolean[] {true, true, false}))
        .containsExactly(844, 106, 50);
  }

  private static long[] fill(long total, int train, int validation, int test) {
    return Quotas.fill(total, NOTHING, shares(train, validation, test), ALL);
  }

  private static List<BigDecimal> shares(int... percents) {
    return Arrays.stream(percents).mapToObj(p -> BigDecimal.valueOf(p, 2)).toList();
  }

  /** Tries every split; equal distances are decided for the earlier split. */
  private static long[] nearest(long total, int[] percents) {
    long[] best = null;
    long least = Long.MAX_VALUE;
    for (long a = total; a >= 0; a--) {
      for (long b = total - a; b >= 0; b--) {
        long[] q = {a, b, total - a - b};
        long distance = 0;
        for (int s = 0; s < 3; s++) {
          long d = 100 * q[s] - total * percents[s];
          distance += d * d;
        }
        if (distance < least) {
          least = distance;
          best = q;
        }
      }
    }
    return best;
  }
}
