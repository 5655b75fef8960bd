package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.sparkvit.dataset.schema.AssociationsTable;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.SliceIssuesTable;

/**
 * The section on defects of the images.
 *
 * @param images the number of images that were audited
 * @param kinds the kinds of findings, the most frequent first
 * @param leakage the images of one split that repeat in another
 * @param leakageKnown whether there were splits when the audit ran
 * @param worse the slices that have more findings than the rest, the worst first
 * @param ties the attributes that depend on the label, the strongest first
 * @param histograms the distributions of the scores that findings come from
 * @param galleries the worst images of each kind of finding
 */
public record AuditSection(
    long images,
    List<Count> kinds,
    List<Leak> leakage,
    boolean leakageKnown,
    List<Kind> worse,
    List<Tie> ties,
    List<Histogram> histograms,
    List<Gallery> galleries) {
  /**
   * The limit of the q-value of slices that are shown as worse: about this share of them is
   * expected to be there by chance.
   */
  private static final double SIGNIFICANT = 0.05;

  /** The least Cramér's V that is shown; a weaker association is negligible (Cohen 1988). */
  private static final double WEAK = 0.1;

  private static final int LINES = 20;

  private static final String RANK = "rank";

  /**
   * The images of a split that repeat in another.
   *
   * @param share the share of the split's images, 0 to 1
   */
  public record Leak(
      String split,
      String other,
      String kind,
      long images,
      double share,
      long pairs,
      long conflicts) {}

  /**
   * The images of one slice.
   *
   * @param rate the share of them with a finding, between {@code low} and {@code high} at the 95 %
   *     level
   * @param elsewhere the share among all other images
   */
  public record Kind(
      String slice,
      String value,
      long images,
      double rate,
      double low,
      double high,
      double elsewhere) {}

  /**
   * An attribute that depends on the label.
   *
   * @param lift the share of the label among the value's images, over its share among all images
   */
  public record Tie(String attribute, double cramersV, String value, String label, double lift) {}

  /** The worst images with one finding. */
  public record Gallery(String finding, long count, List<Item> items) {}

  /**
   * One image of a gallery.
   *
   * @param note the reason why it is here, in a few words; may be empty
   * @param image a JPEG in base 64, or null where none could be made
   * @param problem the reason why there is no image, or null
   * @param other the image that it repeats, a JPEG in base 64, or null where there is none
   */
  public record Item(
      String id,
      String path,
      String label,
      String note,
      String image,
      String problem,
      String other) {

    /** Returns this item with another image beside it, or unchanged for null. */
    Item beside(Thumbnails.Picture picture) {
      return picture == null
          ? this
          : new Item(id, path, label, note, image, problem, picture.image());
    }

    /** Creates an item from a row with {@code id}, {@code path} and {@code label}. */
    static Item of(Row row, String note, Map<String, Thumbnails.Picture> pictures) {
      String id = row.getAs(FindingsTable.ID);
      String label = row.getAs(FindingsTable.LABEL);
      Thumbnails.Picture picture =
          pictures.getOrDefault(id, new Thumbnails.Picture(null, "no longer in the catalog"));
      return new Item(
          id,
          row.getAs(FindingsTable.PATH),
          label == null ? "(no label)" : label,
          note,
          picture.image(),
          picture.problem(),
          null);
    }
  }

  /**
   * Reads the tables of {@code audit}.
   *
   * @param leakageKnown whether there were splits when {@code leakage} was made
   * @param shown the number of images of each kind
   */
  static AuditSection gather(
      Dataset<Row> findings,
      Dataset<Row> leakage,
      boolean leakageKnown,
      Dataset<Row> slices,
      Dataset<Row> associations,
      Dataset<Row> pixels,
      Dataset<Row> images,
      int shown,
      Thumbnails thumbnails) {
    long total = images.count();
    List<Count> kinds =
        Count.top(findings, col(FindingsTable.FINDING), "", total).stream()
            .map(kind -> Count.of(text(kind.name()), kind.count(), total))
            .toList();
    List<Leak> leaks =
        leakage
            .orderBy(LeakageTable.SPLIT, LeakageTable.OTHER, LeakageTable.KIND)
            .collectAsList()
            .stream()
            .map(
                row ->
                    new Leak(
                        row.getAs(LeakageTable.SPLIT),
                        row.getAs(LeakageTable.OTHER),
                        likeness(row.getAs(LeakageTable.KIND)),
                        row.<Long>getAs(LeakageTable.IMAGES),
                        row.<Double>getAs(LeakageTable.SHARE),
                        row.<Long>getAs(LeakageTable.PAIRS),
                        row.<Long>getAs(LeakageTable.CONFLICTS)))
            .toList();
    return new AuditSection(
        total,
        kinds,
        leaks,
        leakageKnown,
        worse(slices),
        ties(associations),
        Histogram.gather(pixels),
        galleries(findings, images, kinds, shown, thumbnails));
  }

  private static List<Kind> worse(Dataset<Row> slices) {
    return slices
        .where(
            col(SliceIssuesTable.MEASURE)
                .equalTo(SliceIssuesTable.FINDINGS)
                .and(col(SliceIssuesTable.Q).lt(SIGNIFICANT))
                .and(col(SliceIssuesTable.RATE).gt(col(SliceIssuesTable.ELSEWHERE))))
        .orderBy(
            col(SliceIssuesTable.LOW).desc(),
            col(SliceIssuesTable.SLICE),
            col(SliceIssuesTable.VALUE))
        .limit(LINES)
        .collectAsList()
        .stream()
        .map(
            row ->
                new Kind(
                    row.getAs(SliceIssuesTable.SLICE),
                    row.getAs(SliceIssuesTable.VALUE),
                    row.<Long>getAs(SliceIssuesTable.IMAGES),
                    row.<Double>getAs(SliceIssuesTable.RATE),
                    row.<Double>getAs(SliceIssuesTable.LOW),
                    row.<Double>getAs(SliceIssuesTable.HIGH),
                    row.<Double>getAs(SliceIssuesTable.ELSEWHERE)))
        .toList();
  }

  private static List<Tie> ties(Dataset<Row> associations) {
    return associations
        .where(
            col(AssociationsTable.CRAMERS_V)
                .geq(WEAK)
                .and(col(AssociationsTable.P).lt(SIGNIFICANT)))
        .orderBy(col(AssociationsTable.CRAMERS_V).desc(), col(AssociationsTable.ATTRIBUTE))
        .limit(LINES)
        .collectAsList()
        .stream()
        .map(
            row ->
                new Tie(
                    row.getAs(AssociationsTable.ATTRIBUTE),
                    row.<Double>getAs(AssociationsTable.CRAMERS_V),
                    row.getAs(AssociationsTable.VALUE),
                    row.getAs(AssociationsTable.LABEL),
                    row.<Double>getAs(AssociationsTable.LIFT)))
        .toList();
  }

  private static String text(String finding) {
    return finding.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String likeness(String kind) {
    return switch (kind) {
      case DuplicatesTable.BYTES -> "the same file";
      case DuplicatesTable.PIXELS -> "the same pixels";
      case LeakageTable.GROUP -> "of the same group";
      default -> "looks alike";
    };
  }

  private static List<Gallery> galleries(
      Dataset<Row> findings,
      Dataset<Row> images,
      List<Count> kinds,
      int shown,
      Thumbnails thumbnails) {
    List<Row> worst =
        findings
            .withColumn(
                RANK,
                row_number()
                    .over(
                        Window.partitionBy(FindingsTable.FINDING)
                            .orderBy(
                                col(FindingsTable.SCORE).asc_nulls_last(),
                                col(FindingsTable.RELATED),
                                col(FindingsTable.ID))))
            .where(col(RANK).leq(shown))
            .orderBy(RANK)
            .collectAsList();
    Map<String, Thumbnails.Picture> made =
        thumbnails.make(
            images,
            worst.stream()
                .flatMap(
                    row ->
                        Stream.of(
                            row.<String>getAs(FindingsTable.ID),
                            row.<String>getAs(FindingsTable.RELATED)))
                .filter(id -> id != null)
                .distinct()
                .toList());
    return kinds.stream()
        .map(
            kind ->
                new Gallery(
                    kind.name(),
                    kind.count(),
                    worst.stream()
                        .filter(row -> text(row.getAs(FindingsTable.FINDING)).equals(kind.name()))
                        .map(row -> item(row, made))
                        .toList()))
        .toList();
  }

  private static Item item(Row row, Map<String, Thumbnails.Picture> made) {
    Double score = row.getAs(FindingsTable.SCORE);
    String detail = row.getAs(FindingsTable.DETAIL);
    String note = detail == null ? "" : detail;
    if (score != null) {
      note = String.format(Locale.ROOT, "score %.3f%s", score, note.isEmpty() ? "" : ", " + note);
    }
    String related = row.getAs(FindingsTable.RELATED);
    return Item.of(row, note, made)
        .beside(
            related == null || related.equals(row.getAs(FindingsTable.ID))
                ? null
                : made.get(related));
  }
}
