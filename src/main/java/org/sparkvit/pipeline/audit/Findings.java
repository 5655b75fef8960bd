package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.Background;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.dataset.query.Quantiles;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.Finding;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.image.hash.ImageQuality;

/** Finds defects of images from measures, duplicates and leakage, one row each. */
final class Findings {
  /**
   * The score below which a size is odd. At one half it is as far from the middle as CleanVision
   * allows.
   */
  private static final double ODD_SIZE = 0.5;

  /** The number of interquartile ranges below and above the quartiles that sizes may differ by. */
  private static final double RANGES = 3;

  /**
   * The share of pixels whose colours are those that a viewer sees, below which an image is a
   * finding. Rounded corners and soft edges leave a larger share.
   */
  private static final double AS_SEEN = 0.95;

  private static final String ALL_BLACK = "#000000";
  private static final String ALL_WHITE = "#FFFFFF";

  private static final String FOUND = "found";
  private static final String LEAKED = "leaked";
  private static final Column NO_NUMBER = lit(null).cast(DataTypes.DoubleType);
  private static final Column NO_TEXT = lit(null).cast(DataTypes.StringType);

  private Findings() {}

  /**
   * Finds the defects.
   *
   * @param images rows of {@link ImagesTable}
   * @param pixels the images' rows of {@link PixelsTable}
   * @param duplicates rows of {@link DuplicatesTable}
   * @param leaked the ids of images that repeat an image of the train split, each once
   * @return rows of {@link FindingsTable}
   */
  static Dataset<Row> find(
      Dataset<Row> images,
      Dataset<Row> pixels,
      Dataset<Row> duplicates,
      Optional<Dataset<Row>> leaked) {
    Dataset<Row> measured =
        images.select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL).join(pixels, "id");
    Dataset<Row> marked =
        leaked
            .map(
                ids ->
                    measured.join(ids.withColumn(LEAKED, lit(true)), new String[] {"id"}, "left"))
            .orElse(measured.withColumn(LEAKED, lit(false)));
    return rows(marked, ofPixels(pixels), NO_TEXT)
        .unionByName(rows(duplicates, ofDuplicates(), col(DuplicatesTable.REPRESENTATIVE)));
  }

  private static Dataset<Row> rows(Dataset<Row> images, List<Column> found, Column related) {
    return images
        .withColumn(FOUND, explode(filter(array(found.toArray(Column[]::new)), Column::isNotNull)))
        .select(
            col("id").as(FindingsTable.ID),
            col("path").as(FindingsTable.PATH),
            col("label").as(FindingsTable.LABEL),
            col(FOUND + "." + FindingsTable.FINDING),
            col(FOUND + "." + FindingsTable.SCORE),
            col(FOUND + "." + FindingsTable.THRESHOLD),
            col(FOUND + "." + FindingsTable.DETAIL),
            related.as(FindingsTable.RELATED));
  }

  private static List<Column> ofPixels(Dataset<Row> pixels) {
    List<Column> found = new ArrayList<>();
    found.add(
        when(
            not(usable()),
            found(
                Finding.UNREADABLE,
                NO_NUMBER,
                NO_NUMBER,
                concat_ws(": ", col(PixelsTable.STATUS), col(PixelsTable.REASON)))));
    found.add(below(Finding.DARK, col(PixelsTable.DARK), ImageQuality.DARK, NO_TEXT));
    found.add(below(Finding.LIGHT, col(PixelsTable.LIGHT), ImageQuality.LIGHT, NO_TEXT));
    Column size =
        concat_ws(
            " x ",
            col(PixelsTable.WIDTH).cast(DataTypes.StringType),
            col(PixelsTable.HEIGHT).cast(DataTypes.StringType));
    found.add(below(Finding.ODD_ASPECT_RATIO, col(PixelsTable.ASPECT), ImageQuality.ASPECT, size));
    oddSize(pixels).ifPresent(score -> found.add(below(Finding.ODD_SIZE, score, ODD_SIZE, size)));
    found.add(
        below(
            Finding.LOW_INFORMATION,
            col(PixelsTable.INFORMATION),
            ImageQuality.INFORMATION,
            NO_TEXT));
    found.add(below(Finding.BLURRY, col(PixelsTable.SHARPNESS), ImageQuality.SHARPNESS, NO_TEXT));
    found.add(
        when(
            coalesce(col(PixelsTable.GRAY), lit(false)),
            found(Finding.GRAYSCALE, NO_NUMBER, NO_NUMBER, NO_TEXT)));
    found.add(
        when(
            col(PixelsTable.BACKGROUND).equalTo(Background.NONE.toString()),
            below(
                Finding.TRANSPARENT,
                lit(1).minus(col(PixelsTable.TRANSPARENT)),
                AS_SEEN,
                format_string(
                    "a model sees %s in %.0f %% of the pixels, where the image is transparent",
                    underAlpha(), col(PixelsTable.TRANSPARENT).multiply(100)))));
    found.add(
        when(
            coalesce(col(LEAKED), lit(false)),
            found(Finding.LEAKED, NO_NUMBER, NO_NUMBER, NO_TEXT)));
    return found;
  }

  private static Column underAlpha() {
    Column color = col(PixelsTable.UNDER_ALPHA);
    return when(color.equalTo(ALL_BLACK), "black")
        .when(color.equalTo(ALL_WHITE), "white")
        .otherwise(concat_ws(" ", lit("other colours, on average"), color));
  }

  private static Column usable() {
    return col(PixelsTable.STATUS)
        .isin(
            Arrays.stream(ImageStatus.values())
                .filter(ImageStatus::isUsable)
                .map(ImageStatus::name)
                .toArray());
  }

  /**
   * Returns a score of how far the side of the square of equal area is from the middle of the usual
   * range.
   */
  private static Optional<Column> oddSize(Dataset<Row> pixels) {
    Column side = sqrt(col(PixelsTable.WIDTH).cast("double").multiply(col(PixelsTable.HEIGHT)));
    double[] quartiles =
        Quantiles.compute(pixels.select(side.as("side")), List.of("side"), 0.25, 0.75).get("side");
    if (quartiles.length < 2) {
      return Optional.empty();
    }
    double range = RANGES * (quartiles[1] - quartiles[0]);
    double low = quartiles[0] - range;
    double high = quartiles[1] + range;
    Column away = abs(side.minus((low + high) / 2));
    // Where most images have one size, every other one is odd.
    Column score =
        high > low
            ? greatest(lit(0.0), lit(1.0).minus(away.divide(high - low)))
            : when(away.leq(0), 1.0).otherwise(0.0);
    // The greatest of nothing and 0 would be 0.
    return Optional.of(when(side.isNotNull(), score));
  }

  private static List<Column> ofDuplicates() {
    Column other = not(col(DuplicatesTable.ID).equalTo(col(DuplicatesTable.REPRESENTATIVE)));
    Column looks = col(DuplicatesTable.KIND).equalTo(DuplicatesTable.LOOK);
    Column same =
        when(col(DuplicatesTable.KIND).equalTo(DuplicatesTable.BYTES), "the same file")
            .otherwise("the same pixels");
    Column bits =
        concat_ws(
            " ",
            col(DuplicatesTable.DISTANCE).cast(DataTypes.StringType),
            lit("of 256 bits differ"));
    Column alike =
        concat_ws(
            " ", col(DuplicatesTable.GROUP_SIZE).cast(DataTypes.StringType), lit("images alike"));
    return List.of(
        when(other.and(not(looks)), found(Finding.EXACT_DUPLICATE, NO_NUMBER, NO_NUMBER, same)),
        when(other.and(looks), found(Finding.NEAR_DUPLICATE, NO_NUMBER, NO_NUMBER, bits)),
        when(
            col(DuplicatesTable.CONFLICT),
            found(Finding.LABEL_CONFLICT, NO_NUMBER, NO_NUMBER, alike)));
  }

  private static Column below(Finding finding, Column score, double threshold, Column detail) {
    return when(score.lt(threshold), found(finding, score, lit(threshold), detail));
  }

  private static Column found(Finding finding, Column score, Column threshold, Column detail) {
    return struct(
        lit(finding.name()).as(FindingsTable.FINDING),
        score.as(FindingsTable.SCORE),
        threshold.as(FindingsTable.THRESHOLD),
        detail.as(FindingsTable.DETAIL));
  }
}
