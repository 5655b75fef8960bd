package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.dataset.query.Quantiles;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.AssociationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.stats.metrics.Association;

/** Finds attributes that depend on the label, so that a model may learn them in its place. */
final class Associations {
  private static final String PIXELS = "pixels_";

  /** The measures, and the names of their least and greatest fifths. */
  private static final Map<String, List<String>> MEASURES = measures();

  private static final String ATTRIBUTE = "attribute";

  private Associations() {}

  private static Map<String, List<String>> measures() {
    Map<String, List<String>> measures = new LinkedHashMap<>();
    measures.put("brightness", List.of("darkest", "brightest"));
    measures.put("sharpness", List.of("most blurred", "sharpest"));
    measures.put("information", List.of("plainest", "most detailed"));
    measures.put("aspect", List.of("longest", "most nearly square"));
    measures.put("area", List.of("smallest", "largest"));
    return measures;
  }

  /**
   * Measures the dependence of each column and each measure of the pixels on the label.
   *
   * @param images rows of {@link ImagesTable}
   * @param pixels rows of {@link PixelsTable}
   * @param slices columns of {@code images}
   * @return rows of {@link AssociationsTable}
   */
  static Dataset<Row> measure(Dataset<Row> images, Dataset<Row> pixels, List<String> slices) {
    Dataset<Row> measures =
        pixels.select(
            col(PixelsTable.ID),
            col(PixelsTable.BRIGHTNESS).as("pixels_brightness"),
            col(PixelsTable.SHARPNESS).as("pixels_sharpness"),
            col(PixelsTable.INFORMATION).as("pixels_information"),
            col(PixelsTable.ASPECT).as("pixels_aspect"),
            col(PixelsTable.WIDTH)
                .cast("double")
                .multiply(col(PixelsTable.HEIGHT))
                .as("pixels_area"));
    Dataset<Row> labelled =
        images.where(col(ImagesTable.LABEL).isNotNull()).join(measures, ImagesTable.ID);
    List<Column> attributes = new ArrayList<>();
    slices.forEach(slice -> attributes.add(attribute(slice, SliceColumns.value(slice))));
    // A column of the user's with one of these names is the one that is asked for.
    if (!slices.contains(ImagesTable.FORMAT)) {
      attributes.add(attribute(ImagesTable.FORMAT, SliceColumns.value(ImagesTable.FORMAT)));
    }
    List<String> measured =
        MEASURES.keySet().stream().filter(name -> !slices.contains(name)).toList();
    Map<String, double[]> ends =
        Quantiles.compute(
            labelled, measured.stream().map(name -> PIXELS + name).toList(), 0.2, 0.4, 0.6, 0.8);
    for (String name : measured) {
      attributes.add(attribute(name, part(name, ends.get(PIXELS + name))));
    }
    Map<String, Map<List<String>, Long>> counts = new LinkedHashMap<>();
    for (Row row :
        labelled
            .withColumn(ATTRIBUTE, explode(array(attributes.toArray(Column[]::new))))
            .groupBy(col(ATTRIBUTE + ".name"), col(ATTRIBUTE + ".value"), col(ImagesTable.LABEL))
            .agg(count(lit(1)))
            .orderBy("name", "value", ImagesTable.LABEL)
            .collectAsList()) {
      counts
          .computeIfAbsent(row.getString(0), name -> new TreeMap<>(Associations::compare))
          .put(List.of(row.getString(1), row.getString(2)), row.getLong(3));
    }
    List<Row> rows = new ArrayList<>();
    counts.forEach((name, table) -> rows.add(row(name, table)));
    return images.sparkSession().createDataFrame(rows, AssociationsTable.SPEC.schema());
  }

  private static int compare(List<String> a, List<String> b) {
    int first = a.get(0).compareTo(b.get(0));
    return first != 0 ? first : a.get(1).compareTo(b.get(1));
  }

  private static Column attribute(String name, Column value) {
    return struct(lit(name).as("name"), value.as("value"));
  }

  /**
   * Returns the fifth of all images that an image's value of a measure lies in.
   *
   * @param ends the greatest values of all fifths but the last; empty where nothing was measured
   */
  private static Column part(String name, double[] ends) {
    Column measure = col(PIXELS + name);
    Column part = lit(SliceColumns.MISSING);
    if (ends.length > 0) {
      String least = MEASURES.get(name).get(0);
      String most = MEASURES.get(name).get(1);
      List<String> fifths =
          List.of(
              "the " + least + " fifth",
              "the second " + least + " fifth",
              "the middle fifth",
              "the second " + most + " fifth",
              "the " + most + " fifth");
      part = when(measure.isNotNull(), fifths.get(ends.length)).otherwise(part);
      for (int i = ends.length - 1; i >= 0; i--) {
        part = when(measure.leq(ends[i]), fifths.get(i)).otherwise(part);
      }
    }
    return part;
  }

  private static Row row(String name, Map<List<String>, Long> table) {
    List<String> values =
        new ArrayList<>(new TreeSet<>(table.keySet().stream().map(k -> k.get(0)).toList()));
    List<String> labels =
        new ArrayList<>(new TreeSet<>(table.keySet().stream().map(k -> k.get(1)).toList()));
    long[][] counts = new long[values.size()][labels.size()];
    table.forEach((key, n) -> counts[values.indexOf(key.get(0))][labels.indexOf(key.get(1))] = n);
    Association association = Association.of(counts);
    double[] rows = new double[values.size()];
    double[] columns = new double[labels.size()];
    double total = 0;
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < columns.length; c++) {
        rows[r] += counts[r][c];
        columns[c] += counts[r][c];
        total += counts[r][c];
      }
    }
    // By how many standard deviations the count exceeds what chance gives.
    int bestRow = 0;
    int bestColumn = 0;
    double best = Double.NEGATIVE_INFINITY;
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < columns.length; c++) {
        double expected = rows[r] * columns[c] / total;
        double excess = (counts[r][c] - expected) / Math.sqrt(expected);
        if (excess > best) {
          best = excess;
          bestRow = r;
          bestColumn = c;
        }
      }
    }
    double lift = counts[bestRow][bestColumn] / rows[bestRow] / (columns[bestColumn] / total);
    return RowFactory.create(
        name,
        association.cramersV(),
        association.p(),
        values.get(bestRow),
        labels.get(bestColumn),
        lift);
  }
}
