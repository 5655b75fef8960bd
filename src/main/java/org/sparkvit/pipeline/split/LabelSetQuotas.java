package org.sparkvit.pipeline.split;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Computes how many images of each {@link LabelSet} each split gets, so that the classes' quotas
 * are met and every further label comes close to its share of every split. This is iterative
 * stratification (Sechidis, Tsoumakas and Vlahavas, ECML 2011), class by class. {@link Quotas}
 * would round each set for itself, and far too many of the sets with few images would end up in the
 * smaller splits.
 *
 * <p>In a class the label with the fewest images left goes first, since it has the fewest chances.
 * Each of its images goes to the split that needs its labels most, among the splits whose quota of
 * the class is not full. The need is the sum over the image's labels of what the split wants of the
 * images left, as a multiple of its share; of equal splits the earlier one is taken. (In the paper
 * the first label alone decides, by numbers. So its first images all go to the largest split, and
 * the labels that come last get what is left.) What one class leaves wanted of a label, the next
 * class is asked for. The computation is plain arithmetic with one step for each image.
 */
final class LabelSetQuotas {
  private final double[] shares;
  private final SortedMap<String, Label> labels = new TreeMap<>();
  private final SortedMap<String, long[]> result = new TreeMap<>();

  /**
   * The number of images with a label that each split wants, and the number of the present class's
   * images that have it.
   */
  private static final class Label {
    final double[] wanted;
    long left;

    Label(int splits) {
      wanted = new double[splits];
    }
  }

  /** A set: the labels that its images count for, and the number of images left. */
  private static final class Set {
    final String name;
    final List<Label> labels;
    long left;

    Set(String name, List<Label> labels, long left) {
      this.name = name;
      this.labels = labels;
      this.left = left;
    }
  }

  private LabelSetQuotas(List<BigDecimal> shares, boolean[] open) {
    double sum = 0;
    this.shares = new double[open.length];
    for (int s = 0; s < open.length; s++) {
      this.shares[s] = open[s] ? shares.get(s).doubleValue() : 0;
      sum += this.shares[s];
    }
    for (int s = 0; s < open.length && sum > 0; s++) {
      this.shares[s] /= sum;
    }
  }

  /**
   * Distributes the images.
   *
   * @param sets the images of each set, and those that are placed; all images in groups must be
   *     placed
   * @param classes the number of images of each class in each split, placed ones included
   * @param shares the wanted share of each split, not negative
   * @param open the splits that take further images; at least one of them has a share above 0 where
   *     images remain to be placed
   * @return for each set and split the number of images, at least those that are placed; the sums
   *     are the sets' totals, and over the sets of a class its quota
   */
  static SortedMap<String, long[]> fill(
      SortedMap<String, ClassCount> sets,
      SortedMap<String, long[]> classes,
      List<BigDecimal> shares,
      boolean[] open) {
    SortedMap<String, SortedMap<String, ClassCount>> byClass = new TreeMap<>();
    sets.forEach(
        (set, count) ->
            byClass
                .computeIfAbsent(LabelSet.className(set), missing -> new TreeMap<>())
                .put(set, count));
    LabelSetQuotas quotas = new LabelSetQuotas(shares, open);
    byClass.forEach((name, own) -> quotas.fillClass(own, classes.get(name)));
    return quotas.result;
  }

  private void fillClass(SortedMap<String, ClassCount> sets, long[] quota) {
    Label ofClass = new Label(shares.length);
    for (int s = 0; s < quota.length; s++) {
      ofClass.wanted[s] = quota[s];
    }
    List<Set> own = new ArrayList<>();
    sets.forEach(
        (name, count) -> {
          result.put(name, count.placed());
          List<Label> counted = new ArrayList<>(List.of(ofClass));
          for (String label : LabelSet.labels(name)) {
            Label further = labels.computeIfAbsent(label, missing -> new Label(shares.length));
            want(further, count);
            counted.add(further);
          }
          for (Label label : counted) {
            label.left += count.single();
            for (int s = 0; s < quota.length; s++) {
              label.wanted[s] -= count.placed()[s];
            }
          }
          own.add(new Set(name, counted, count.single()));
        });
    while (ofClass.left > 0) {
      Label rarest =
          labels.values().stream()
              .filter(label -> label.left > 0)
              .min(Comparator.comparingLong(label -> label.left))
              .orElse(ofClass);
      own.stream().filter(set -> set.labels.contains(rarest)).forEach(set -> place(set, ofClass));
    }
  }

  /**
   * Adds what each split wants of a label: its share of the images left and of those in splits that
   * take further images.
   */
  private void want(Label label, ClassCount count) {
    long images = count.single();
    for (int s = 0; s < shares.length; s++) {
      images += shares[s] > 0 ? count.placed()[s] : 0;
    }
    for (int s = 0; s < shares.length; s++) {
      label.wanted[s] += images * shares[s];
    }
  }

  private void place(Set set, Label ofClass) {
    long[] quota = result.get(set.name);
    for (; set.left > 0; set.left--) {
      int best = -1;
      double most = 0;
      for (int s = 0; s < shares.length; s++) {
        if (shares[s] > 0 && ofClass.wanted[s] > 0) {
          double need = need(set.labels, s);
          if (best < 0 || need > most) {
            best = s;
            most = need;
          }
        }
      }
      quota[best]++;
      for (Label label : set.labels) {
        label.wanted[best]--;
        label.left--;
      }
    }
  }

  /**
   * Returns the sum over some labels of what a split wants of the images left, as a multiple of its
   * share.
   */
  private double need(List<Label> of, int split) {
    double need = 0;
    for (Label label : of) {
      need += label.wanted[split] / (shares[split] * label.left);
    }
    return need;
  }
}
