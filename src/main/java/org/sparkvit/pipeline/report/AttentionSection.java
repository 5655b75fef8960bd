package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.slice;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ExplanationsTable;

/**
 * The section on where the model looked.
 *
 * @param images the number of images in the sample
 * @param measured the number of images that the methods were measured on
 * @param methods the methods with their measures; empty where nothing was measured
 * @param cards the first images
 */
public record AttentionSection(long images, long measured, List<Method> methods, List<Card> cards) {
  /** The names of the maps that cards have, in order. */
  private static final List<String> MAPS =
      List.of(ExplanationsTable.GRADIENT, ExplanationsTable.ROLLOUT, ExplanationsTable.ATTENTION);

  /** The opacity of the colour on the patches of the highest value, of 255. */
  private static final int ALPHA = 190;

  private static final int RED = 0xe0301e;

  /**
   * Measures of how far a kind of map can be trusted.
   *
   * @param name the name of the kind
   * @param deletion the mean probability of the class while the patches that the map points at are
   *     removed; lower is better
   * @param insertion the mean probability of the class while they are restored; higher is better
   */
  public record Method(String name, double deletion, double insertion) {}

  /**
   * One image of the sample.
   *
   * @param rules the rules by which it is in the sample
   * @param image the model's input, a JPEG in base 64, or null where there is none
   * @param maps PNGs in base 64 that are laid over the image: gradient, rollout, attention of the
   *     last layer
   * @param nearest for a mistake, the most similar images of the train split
   * @param problem the reason why there is no image, or null
   */
  public record Card(
      String id,
      String path,
      String label,
      String predicted,
      double confidence,
      List<String> rules,
      String image,
      List<String> maps,
      List<Near> nearest,
      String problem) {}

  /**
   * A similar image of the train split.
   *
   * @param cosine the cosine of the two embeddings, up to 1
   * @param image a JPEG in base 64, or null where there is none
   */
  public record Near(String id, String path, String label, double cosine, String image) {}

  /**
   * Gathers the section of one model.
   *
   * @param explanations the model's rows of {@code explanations}
   * @param images rows of {@code images}
   * @param shown the number of images to show
   */
  static AttentionSection gather(
      Dataset<Row> explanations, Dataset<Row> images, int shown, Thumbnails thumbnails) {
    Row counts = explanations.agg(count(lit(1)), count(col(ExplanationsTable.DELETION))).head();
    List<Method> methods = new ArrayList<>();
    if (counts.getLong(1) > 0) {
      for (String name : List.of("gradient", "rollout", "attention", "random")) {
        Row means =
            explanations
                .agg(
                    avg(col(ExplanationsTable.DELETION).getItem(name)),
                    avg(col(ExplanationsTable.INSERTION).getItem(name)))
                .head();
        methods.add(new Method(name, means.getDouble(0), means.getDouble(1)));
      }
    }
    Column lastLayer =
        col(ExplanationsTable.HEADS)
            .multiply(col(ExplanationsTable.ROWS))
            .multiply(col(ExplanationsTable.COLUMNS));
    List<Row> first =
        explanations
            .orderBy(
                // Mistakes first, the most confident ones above.
                col(ExplanationsTable.LABEL).equalTo(col(ExplanationsTable.PREDICTED)).asc(),
                col(ExplanationsTable.CONFIDENCE).desc(),
                col(ExplanationsTable.ID))
            .limit(shown)
            // Of all layers and heads of a large model only the last layer comes to the driver.
            .withColumn(
                ExplanationsTable.ATTENTION,
                slice(
                    col(ExplanationsTable.ATTENTION),
                    size(col(ExplanationsTable.ATTENTION)).minus(lastLayer).plus(1),
                    lastLayer))
            .collectAsList();
    Map<String, Thumbnails.Picture> made =
        thumbnails.make(
            images,
            first.stream().flatMap(row -> nearest(row).stream()).map(Near::id).distinct().toList());
    List<Card> cards = first.stream().map(row -> card(row, made)).toList();
    return new AttentionSection(counts.getLong(0), counts.getLong(1), methods, cards);
  }

  /** Returns the similar images without their pictures. */
  private static List<Near> nearest(Row card) {
    int place = card.fieldIndex(ExplanationsTable.NEAREST);
    return card.isNullAt(place)
        ? List.of()
        : card.<Row>getList(place).stream()
            .map(
                near ->
                    new Near(
                        near.getAs(ExplanationsTable.ID),
                        near.getAs(ExplanationsTable.PATH),
                        near.getAs(ExplanationsTable.LABEL),
                        near.<Float>getAs(ExplanationsTable.NEAR_COSINE),
                        null))
            .toList();
  }

  /** Returns whether any card has similar images of the train split. */
  public boolean hasNearest() {
    return cards.stream().anyMatch(card -> !card.nearest().isEmpty());
  }

  private static Card card(Row row, Map<String, Thumbnails.Picture> made) {
    byte[] input = row.getAs(ExplanationsTable.INPUT);
    return new Card(
        row.getAs(ExplanationsTable.ID),
        row.getAs(ExplanationsTable.PATH),
        row.getAs(ExplanationsTable.LABEL),
        row.getAs(ExplanationsTable.PREDICTED),
        row.<Float>getAs(ExplanationsTable.CONFIDENCE),
        row.getList(row.fieldIndex(ExplanationsTable.RULES)),
        input == null ? null : Base64.getEncoder().encodeToString(input),
        input == null ? List.of() : MAPS.stream().map(map -> overlay(row, map)).toList(),
        nearest(row).stream()
            .map(
                near ->
                    new Near(
                        near.id(),
                        near.path(),
                        near.label(),
                        near.cosine(),
                        made.containsKey(near.id()) ? made.get(near.id()).image() : null))
            .toList(),
        input == null
            ? row.getAs(ExplanationsTable.STATUS) + ": " + row.getAs(ExplanationsTable.REASON)
            : null);
  }

  /**
   * Returns the map as a picture from clear (its lowest value) to red (its highest), with one pixel
   * for each patch.
   */
  private static String overlay(Row row, String map) {
    int rows = row.getAs(ExplanationsTable.ROWS);
    int columns = row.getAs(ExplanationsTable.COLUMNS);
    List<Float> all = row.getList(row.fieldIndex(map));
    int patches = rows * columns;
    // Of attention the sum of the heads.
    int heads = map.equals(ExplanationsTable.ATTENTION) ? row.getAs(ExplanationsTable.HEADS) : 1;
    double[] values = new double[patches];
    for (int i = 0; i < heads * patches; i++) {
      values[i % patches] += all.get(i);
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < patches; i++) {
      double share = high > low ? (values[i] - low) / (high - low) : 0;
      image.setRGB(i % columns, i / columns, (int) Math.round(ALPHA * share) << 24 | RED);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    return Base64.getEncoder().encodeToString(png.toByteArray());
  }
}
