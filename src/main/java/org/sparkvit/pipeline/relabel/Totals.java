package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Counts images by decision. There is one line for each combination of old label, predicted class,
 * split, reason and usability.
 */
final class Totals {
  private static final int SHOWN = 5;

  /**
   * The number of images with one outcome.
   *
   * @param from the old label, or null where there was none
   * @param to the predicted class, or null where there was no prediction
   * @param split the split, or null where the image is in none
   * @param reason the reason of the decision
   * @param usable whether the images have pixels
   * @param images the number of images
   */
  record Line(String from, String to, String split, Reason reason, boolean usable, long images) {}

  private final List<Line> lines;

  private Totals(List<Line> lines) {
    this.lines = lines;
  }

  /** Counts the rows that {@link RelabelDecisions#of} returns. */
  static Totals tally(Dataset<Row> decided) {
    List<Line> lines = new ArrayList<>();
    for (Row row :
        decided
            .select(
                col(RelabelsTable.OLD_LABEL),
                col(RelabelsTable.PREDICTED),
                col(SplitsTable.SPLIT),
                col(RelabelsTable.REASON),
                col("image.status").as(ImagesTable.STATUS))
            .groupBy(
                col(RelabelsTable.OLD_LABEL),
                col(RelabelsTable.PREDICTED),
                col(SplitsTable.SPLIT),
                col(RelabelsTable.REASON),
                ImagesTable.usable())
            .agg(count(lit(1)))
            .collectAsList()) {
      lines.add(
          new Line(
              row.getString(0),
              row.getString(1),
              row.getString(2),
              Reason.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
              row.getBoolean(4),
              row.getLong(5)));
    }
    return new Totals(lines);
  }

  /** Returns the number of images of the lines that meet a condition. */
  long images(Predicate<Line> condition) {
    return lines.stream().filter(condition).mapToLong(Line::images).sum();
  }

  long images(Reason reason) {
    return images(line -> line.reason() == reason);
  }

  /** Returns the number of images by reason, for the reasons that occur. */
  Map<String, Long> byReason() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Reason reason : Reason.values()) {
      if (images(reason) > 0) {
        counts.put(reason.id(), images(reason));
      }
    }
    return counts;
  }

  /** Returns the most frequent changes of a label into another, e.g. {@code dog -> cat: 1,234}. */
  String movements() {
    Map<String, Long> movements = new LinkedHashMap<>();
    for (Line line : lines) {
      if (line.reason() == Reason.CONFIDENT) {
        movements.merge(line.from() + " -> " + line.to(), line.images(), Long::sum);
      }
    }
    Comparator<Map.Entry<String, Long>> most =
        Map.Entry.<String, Long>comparingByValue().reversed();
    return movements.entrySet().stream()
            .sorted(most.thenComparing(Map.Entry.comparingByKey()))
            .limit(SHOWN)
            .map(one -> String.format(Locale.ROOT, "%s: %,d", one.getKey(), one.getValue()))
            .collect(Collectors.joining(", "))
        + (movements.size() > SHOWN ? ", and " + (movements.size() - SHOWN) + " other ways" : "");
  }
}
