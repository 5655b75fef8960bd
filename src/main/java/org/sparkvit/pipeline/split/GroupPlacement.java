package org.sparkvit.pipeline.split;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.StableHash;

/**
 * Places whole groups so that every split comes close to its share of every class.
 *
 * <p>Larger groups go first, and of equally large ones those with the least even classes, because
 * they are the hardest to fit (as in scikit-learn's StratifiedGroupKFold). Each goes where it adds
 * least to the chi-squared distance between the counts and the shares. Where a class has only as
 * many groups and single images left as there are splits without it, its next group goes to one of
 * those splits.
 *
 * <p>One task holds all groups that are still free, about 150 bytes each: ten million need 1.5 GB.
 */
final class GroupPlacement implements Serializable {
  static final String GROUP = "placed_group";
  static final String SPLIT = "placed_split";

  private static final StructType SCHEMA =
      new StructType()
          .add(GROUP, DataTypes.StringType, false)
          .add(SPLIT, DataTypes.StringType, false);

  private final TreeMap<String, ClassCount> classes;
  private final List<String> names;
  private final double[] shares;
  private final long seed;

  /**
   * Creates a placement.
   *
   * @param classes the images to place and those that are placed, by label
   * @param names the names of the splits
   * @param shares the wanted share of each split; a split that takes no groups has 0
   * @param seed decides the order of groups that are equally hard to place
   */
  GroupPlacement(
      SortedMap<String, ClassCount> classes,
      List<String> names,
      List<BigDecimal> shares,
      long seed) {
    this.classes = new TreeMap<>(classes);
    this.names = List.copyOf(names);
    double sum = shares.stream().mapToDouble(BigDecimal::doubleValue).sum();
    this.shares = shares.stream().mapToDouble(share -> share.doubleValue() / sum).toArray();
    this.seed = seed;
  }

  /**
   * Chooses a split for every group.
   *
   * @param members group, label and number of images, each pair once
   * @return {@link #GROUP}, {@link #SPLIT}: one row for each group
   */
  Dataset<Row> place(Dataset<Row> members) {
    String group = members.columns()[0];
    String label = members.columns()[1];
    return members
        .repartition(1)
        .sortWithinPartitions(group, label)
        .mapPartitions((MapPartitionsFunction<Row, Row>) this::place, Encoders.row(SCHEMA));
  }

  private Iterator<Row> place(Iterator<Row> members) {
    List<Group> groups = read(members);
    List<Tally> tallies = tallies(groups);
    groups.sort(Group.HARDEST_FIRST);
    List<Row> rows = new ArrayList<>(groups.size());
    for (Group group : groups) {
      rows.add(RowFactory.create(group.name, names.get(put(group, tallies))));
    }
    return rows.iterator();
  }

  /** Reads the groups. The rows of a group must follow one another. */
  private List<Group> read(Iterator<Row> members) {
    List<String> labels = new ArrayList<>(classes.keySet());
    List<Group> groups = new ArrayList<>();
    Group.Builder current = null;
    while (members.hasNext()) {
      Row row = members.next();
      if (current == null || !current.name.equals(row.getString(0))) {
        if (current != null) {
          groups.add(current.build(seed));
        }
        current = new Group.Builder(row.getString(0));
      }
      current.add(Collections.binarySearch(labels, row.getString(1)), row.getLong(2));
    }
    if (current != null) {
      groups.add(current.build(seed));
    }
    return groups;
  }

  private List<Tally> tallies(List<Group> groups) {
    List<Tally> tallies = new ArrayList<>();
    for (ClassCount count : classes.values()) {
      tallies.add(new Tally(count, shares));
    }
    for (Group group : groups) {
      for (int label : group.labels) {
        tallies.get(label).units++;
      }
    }
    for (Tally tally : tallies) {
      int lacking = 0;
      for (int s = 0; s < shares.length; s++) {
        lacking += shares[s] > 0 && tally.have[s] == 0 ? 1 : 0;
      }
      tally.reachesAll = tally.units >= lacking;
    }
    return tallies;
  }

  /** Chooses the split of a group and adds the group to the counts. */
  private int put(Group group, List<Tally> tallies) {
    boolean[] candidates = candidates(group, tallies);
    int best = -1;
    double least = 0;
    for (int s = 0; s < shares.length; s++) {
      if (candidates[s]) {
        double cost = 0;
        for (int i = 0; i < group.labels.length; i++) {
          Tally tally = tallies.get(group.labels[i]);
          double n = group.counts[i];
          cost += n * (n + 2 * (tally.have[s] - tally.target[s])) / tally.target[s];
        }
        if (best < 0 || cost < least) {
          best = s;
          least = cost;
        }
      }
    }
    for (int i = 0; i < group.labels.length; i++) {
      Tally tally = tallies.get(group.labels[i]);
      tally.have[best] += group.counts[i];
      tally.units--;
    }
    return best;
  }

  private boolean[] candidates(Group group, List<Tally> tallies) {
    boolean[] all = new boolean[shares.length];
    for (int s = 0; s < shares.length; s++) {
      all[s] = shares[s] > 0;
    }
    for (int label : group.labels) {
      Tally tally = tallies.get(label);
      boolean[] lacking = new boolean[shares.length];
      int lackingCount = 0;
      for (int s = 0; s < shares.length; s++) {
        lacking[s] = all[s] && tally.have[s] == 0;
        lackingCount += lacking[s] ? 1 : 0;
      }
      if (tally.reachesAll && lackingCount > 0 && tally.units <= lackingCount) {
        return lacking;
      }
    }
    return all;
  }

  /** The images of a class in each split, and the target numbers. */
  private static final class Tally {
    final long[] have;
    final double[] target;

    /** The number of groups and single images of the class that are not placed yet. */
    long units;

    /** Whether they are enough to reach every split that has no image of the class yet. */
    boolean reachesAll;

    Tally(ClassCount count, double[] shares) {
      have = count.placed();
      target = new double[shares.length];
      units = count.single();
      long available = count.total();
      for (int s = 0; s < shares.length; s++) {
        available -= shares[s] > 0 ? 0 : have[s];
      }
      for (int s = 0; s < shares.length; s++) {
        target[s] = available * shares[s];
      }
    }
  }

  /** A group with its number of images of each class. */
  private static final class Group {
    static final Comparator<Group> HARDEST_FIRST =
        Comparator.comparingLong((Group g) -> g.size)
            .thenComparingDouble(g -> g.unevenness)
            .reversed()
            .thenComparingLong(g -> g.hash)
            .thenComparing(g -> g.name);

    final String name;
    final int[] labels;
    final long[] counts;
    final long size;

    /**
     * The sum of squared counts. For groups of one size it grows with the spread of the classes.
     */
    final double unevenness;

    final long hash;

    private Group(String name, int[] labels, long[] counts, long hash) {
      this.name = name;
      this.labels = labels;
      this.counts = counts;
      this.hash = hash;
      long images = 0;
      double squares = 0;
      for (long count : counts) {
        images += count;
        squares += (double) count * count;
      }
      this.size = images;
      this.unevenness = squares;
    }

    /** Collects the rows of a group. */
    static final class Builder {
      final String name;
      private final List<Integer> labels = new ArrayList<>();
      private final List<Long> counts = new ArrayList<>();

      Builder(String name) {
        this.name = name;
      }

      void add(int label, long count) {
        labels.add(label);
        counts.add(count);
      }

      Group build(long seed) {
        return new Group(
            name,
            labels.stream().mapToInt(Integer::intValue).toArray(),
            counts.stream().mapToLong(Long::longValue).toArray(),
            StableHash.hash64(seed, "group", name));
      }
    }
  }
}
