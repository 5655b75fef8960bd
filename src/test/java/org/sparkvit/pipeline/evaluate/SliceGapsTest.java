package org.sparkvit.pipeline.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.SliceGapsTable;
import org.sparkvit.stats.metrics.Proportion;

class SliceGapsTest extends SparkTest {
  private final List<Row> cells = new ArrayList<>();

  /** Images of a source: of the class found and missed, and others passed and flagged. */
  private void source(String value, long found, long missed, long passed, long flagged) {
    for (String slice : List.of("source", "(all)")) {
      String at = slice.equals("source") ? value : "(all)";
      cell(slice, at, "bad", "bad", found);
      cell(slice, at, "bad", "good", missed);
      cell(slice, at, "good", "good", passed);
      cell(slice, at, "good", "bad", flagged);
    }
  }

  private void cell(String slice, String value, String actual, String predicted, long count) {
    cells.add(RowFactory.create("m", "test", slice, value, actual, predicted, count));
  }

  private Map<String, Row> gaps() {
    Map<String, Row> gaps = new HashMap<>();
    for (Row row :
        spark
            .createDataFrame(
                SliceGaps.find(
                    spark.createDataFrame(cells, ConfusionTable.SPEC.schema()),
                    Map.of("m", List.of("bad", "good"))),
                SliceGapsTable.SPEC.schema())
            .collectAsList()) {
      gaps.put(
          row.getAs("slice_value") + " " + row.getAs("class") + " " + row.getAs("measure"), row);
    }
    return gaps;
  }

  @Test
  void valuesAreComparedWithTheBestAndWithAllOthers() {
    source("web", 90, 10, 190, 10);
    source("scan", 40, 60, 180, 20);
    source("app", 80, 20, 195, 5);
    // Ten images of the class are too few for a share of it; the others count.
    source("fax", 9, 1, 50, 50);
    Map<String, Row> gaps = gaps();
    assertThat(gaps).containsKey("fax bad precision").doesNotContainKey("fax bad recall");
    assertThat(gaps).hasSize(3 * 3 + 2 + 4 * 3 - 1);

    Row recall = gaps.get("scan bad recall");
    Proportion here = new Proportion(40, 100);
    assertThat(recall.<Long>getAs("images")).isEqualTo(100);
    assertThat(recall.<Double>getAs("rate")).isEqualTo(0.4);
    assertThat(recall.<Double>getAs("low")).isEqualTo(here.low());
    assertThat(recall.<Double>getAs("high")).isEqualTo(here.high());
    assertThat(recall.<Double>getAs("elsewhere")).isCloseTo(179 / 210.0, within(1e-12));
    assertThat(recall.<Double>getAs("gap")).isCloseTo(0.5, within(1e-12));
    assertThat(recall.<Double>getAs("ratio")).isCloseTo(0.4 / 0.9, within(1e-12));
    assertThat(recall.<Double>getAs("q")).isLessThan(1e-6);
    assertThat(gaps.get("web bad recall").<Double>getAs("gap")).isZero();

    Row alarms = gaps.get("fax bad false_positive_rate");
    assertThat(alarms.<Double>getAs("rate")).isEqualTo(0.5);
    assertThat(alarms.<Double>getAs("gap")).isCloseTo(0.5 - 0.025, within(1e-12));
    assertThat(alarms.<Double>getAs("ratio")).isCloseTo(0.05, within(1e-12));
    assertThat(gaps.get("app bad false_positive_rate").<Double>getAs("ratio")).isEqualTo(1);
  }

  @Test
  void aValueOfAllImagesHasNothingBesideIt() {
    source("web", 50, 0, 60, 0);
    Row only = gaps().get("web bad recall");
    assertThat(only.isNullAt(only.fieldIndex("elsewhere"))).isTrue();
    assertThat(only.<Double>getAs("gap")).isZero();
    assertThat(only.<Double>getAs("q")).isEqualTo(1);
    Row alarms = gaps().get("web bad false_positive_rate");
    assertThat(alarms.isNullAt(alarms.fieldIndex("ratio"))).isTrue();
  }
}
