package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.Finding;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SliceIssuesTable;
import org.sparkvit.stats.metrics.FalseDiscovery;
import org.sparkvit.stats.metrics.Proportion;

/** Finds the slices of images that have more defects, or more of a class, than all other images. */
final class SliceIssues {
  /** The least number of images of a slice. Shares of fewer images say little. */
  static final int SUPPORT = 30;

  /** The number of classes, the largest ones, whose shares are computed. */
  private static final int CLASSES = 20;

  private static final String AND = " & ";
  private static final String KIND = "kind";

  /** Names of columns that do not clash with the user's own, which may have any plain name. */
  private static final String HAS_FINDING = "audit: finding";

  private static final String IS_DUPLICATE = "audit: duplicate";

  private SliceIssues() {}

  /**
   * Counts the images of each slice.
   *
   * @param images rows of {@link ImagesTable}
   * @param findings rows of {@link FindingsTable}
   * @param slices columns of {@code images}
   * @return rows of {@link SliceIssuesTable}, which are computed on the driver; there are as many
   *     as slices
   */
  static Dataset<Row> find(Dataset<Row> images, Dataset<Row> findings, List<String> slices) {
    Map<String, Column> measures = measures(images);
    Dataset<Row> marked =
        marked(images, findings, col(FindingsTable.RELATED).isNull(), HAS_FINDING);
    marked =
        marked(
            marked,
            findings,
            col(FindingsTable.FINDING)
                .isin(Finding.EXACT_DUPLICATE.name(), Finding.NEAR_DUPLICATE.name()),
            IS_DUPLICATE);
    List<Column> counts = new ArrayList<>();
    measures.forEach((name, holds) -> counts.add(count_if(coalesce(holds, lit(false))).as(name)));
    Column[] hits = counts.toArray(Column[]::new);
    Row all = marked.agg(count(lit(1)), hits).head();
    List<Row> rows = new ArrayList<>();
    if (!slices.isEmpty()) {
      for (Row row :
          marked
              .withColumn(KIND, explode(array(kinds(slices))))
              .groupBy(KIND + "." + SliceIssuesTable.SLICE, KIND + "." + SliceIssuesTable.VALUE)
              .agg(count(lit(1)).as(SliceIssuesTable.IMAGES), hits)
              .where(col(SliceIssuesTable.IMAGES).geq(SUPPORT))
              .orderBy(SliceIssuesTable.SLICE, SliceIssuesTable.VALUE)
              .collectAsList()) {
        rows.add(row);
      }
    }
    return images
        .sparkSession()
        .createDataFrame(
            tested(rows, all, new ArrayList<>(measures.keySet())), SliceIssuesTable.SPEC.schema());
  }

  private static Dataset<Row> marked(
      Dataset<Row> images, Dataset<Row> findings, Column which, String name) {
    return images.join(
        findings.where(which).select(FindingsTable.ID).distinct().withColumn(name, lit(true)),
        new String[] {ImagesTable.ID},
        "left");
  }

  private static Map<String, Column> measures(Dataset<Row> images) {
    Map<String, Column> measures = new LinkedHashMap<>();
    measures.put(SliceIssuesTable.FINDINGS, col(HAS_FINDING));
    measures.put(SliceIssuesTable.DUPLICATES, col(IS_DUPLICATE));
    images
        .where(col(ImagesTable.LABEL).isNotNull())
        .groupBy(ImagesTable.LABEL)
        .count()
        .orderBy(col("count").desc(), col(ImagesTable.LABEL))
        .limit(CLASSES)
        .collectAsList()
        .forEach(
            row ->
                measures.put(
                    SliceIssuesTable.CLASS + row.getString(0),
                    col(ImagesTable.LABEL).equalTo(row.getString(0))));
    return measures;
  }

  /** Returns each column by itself, and each pair of columns. */
  private static Column[] kinds(List<String> slices) {
    List<Column> kinds = new ArrayList<>();
    for (int i = 0; i < slices.size(); i++) {
      Column value = SliceColumns.value(slices.get(i));
      kinds.add(kind(slices.get(i), value));
      for (int j = i + 1; j < slices.size(); j++) {
        kinds.add(
            kind(
                slices.get(i) + AND + slices.get(j),
                concat(value, lit(AND), SliceColumns.value(slices.get(j)))));
      }
    }
    return kinds.toArray(Column[]::new);
  }

  private static Column kind(String slice, Column value) {
    return struct(lit(slice).as(SliceIssuesTable.SLICE), value.as(SliceIssuesTable.VALUE));
  }

  private static List<Row> tested(List<Row> kinds, Row all, List<String> measures) {
    List<Proportion> here = new ArrayList<>();
    List<Proportion> elsewhere = new ArrayList<>();
    for (Row kind : kinds) {
      for (int m = 0; m < measures.size(); m++) {
        Proportion share = new Proportion(kind.getLong(3 + m), kind.getLong(2));
        here.add(share);
        elsewhere.add(
            new Proportion(all.getLong(1 + m) - share.hits(), all.getLong(0) - share.total()));
      }
    }
    double[] p = new double[here.size()];
    for (int i = 0; i < p.length; i++) {
      p[i] = here.get(i).pValue(elsewhere.get(i));
    }
    double[] q = FalseDiscovery.adjust(p);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < q.length; i++) {
      Row kind = kinds.get(i / measures.size());
      Proportion share = here.get(i);
      rows.add(
          RowFactory.create(
              kind.getString(0),
              kind.getString(1),
              measures.get(i % measures.size()),
              share.total(),
              share.hits(),
              share.rate(),
              share.low(),
              share.high(),
              elsewhere.get(i).total() == 0 ? null : elsewhere.get(i).rate(),
              q[i]));
    }
    return rows;
  }
}
