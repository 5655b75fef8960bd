package org.sparkvit.pipeline.split;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.sparkvit.dataset.schema.SplitsTable;

/** Counts by class and split, for people and for the run record. */
final class SplitSummary {
  /** The number of classes that are listed one by one, as nobody reads a thousand lines. */
  private static final int SHOWN = 20;

  private static final int NAMED = 5;

  /** The consequence of having no image of a class, for each split in order. */
  private static final List<String> CONSEQUENCES =
      List.of(
          "; they cannot be learnt, and 'train' leaves them out",
          "; 'train' learns them without a figure for them, or leaves them out with --rare drop",
          "; 'evaluate' has no figure for them on this split");

  private final SortedMap<String, long[]> counts;
  private final List<BigDecimal> shares;

  /**
   * Summarises a finished split.
   *
   * @param counts the number of images of each class in each split
   * @param shares the wanted share of each split
   */
  SplitSummary(SortedMap<String, long[]> counts, List<BigDecimal> shares) {
    this.counts = counts;
    this.shares = shares;
  }

  List<String> lines() {
    return lines("class", "all classes");
  }

  /** Returns lines for labels, of which an image may have several, so that there is no sum. */
  List<String> labelLines() {
    return lines("label", "");
  }

  private List<String> lines(String kind, String sum) {
    int width = Math.max(kind.length(), sum.length());
    for (String label : counts.keySet()) {
      width = Math.max(width, label.length());
    }
    String format = "%-" + width + "s %12s %12s %12s %12s";
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, format, kind, "train", "validation", "test", "images"));
    long[] rest = new long[SplitsTable.NAMES.size()];
    long[] all = new long[SplitsTable.NAMES.size()];
    int line = 0;
    for (Map.Entry<String, long[]> entry : counts.entrySet()) {
      if (line++ < SHOWN) {
        lines.add(row(format, entry.getKey(), entry.getValue()));
      } else {
        add(rest, entry.getValue());
      }
      add(all, entry.getValue());
    }
    if (line > SHOWN) {
      lines.add(row(format, (line - SHOWN) + " more", rest));
    }
    if (!sum.isEmpty()) {
      lines.add(row(format, sum, all));
    }
    for (int s = 0; s < all.length; s++) {
      int split = s;
      List<String> lacking =
          counts.entrySet().stream()
              .filter(entry -> entry.getValue()[split] == 0)
              .map(Map.Entry::getKey)
              .toList();
      if ((shares.get(s).signum() > 0 || all[s] > 0) && !lacking.isEmpty()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "warning: %s has no image of %,d of the %,d %s, as they have too few images or"
                    + " groups: %s%s",
                SplitsTable.NAMES.get(s),
                lacking.size(),
                counts.size(),
                kind.equals("class") ? "classes" : "labels",
                named(lacking),
                kind.equals("class") ? CONSEQUENCES.get(s) : ""));
      }
    }
    return lines;
  }

  private String named(List<String> labels) {
    String first =
        labels.stream()
            .limit(NAMED)
            .map(
                label ->
                    String.format(
                        Locale.ROOT, "%s (%,d)", label, Arrays.stream(counts.get(label)).sum()))
            .collect(Collectors.joining(", "));
    return labels.size() <= NAMED
        ? first
        : String.format(Locale.ROOT, "%s and %,d more", first, labels.size() - NAMED);
  }

  /** Returns the counts as a map from label to a map from split. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    counts.forEach(
        (label, row) -> {
          Map<String, Long> splits = new LinkedHashMap<>();
          for (int s = 0; s < row.length; s++) {
            splits.put(SplitsTable.NAMES.get(s), row[s]);
          }
          map.put(label, splits);
        });
    return map;
  }

  private static String row(String format, String name, long[] row) {
    return String.format(
        Locale.ROOT,
        format,
        name,
        String.format(Locale.ROOT, "%,d", row[0]),
        String.format(Locale.ROOT, "%,d", row[1]),
        String.format(Locale.ROOT, "%,d", row[2]),
        String.format(Locale.ROOT, "%,d", Arrays.stream(row).sum()));
  }

  private static void add(long[] sum, long[] row) {
    for (int s = 0; s < row.length; s++) {
      sum[s] += row[s];
    }
  }
}
