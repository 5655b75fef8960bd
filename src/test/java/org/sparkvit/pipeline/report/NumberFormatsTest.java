package org.sparkvit.pipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class NumberFormatsTest {
  private final NumberFormats figures = new NumberFormats();

  @Test
  void numbersLookTheSameEverywhere() {
    assertThat(figures.count(1234567)).isEqualTo("1,234,567");
    assertThat(figures.metric(0.98765)).isEqualTo("0.988");
    assertThat(figures.metric(Double.NaN)).isEqualTo("undefined");
    assertThat(figures.share(0.0123)).isEqualTo("1.2\u00a0%");
    assertThat(figures.bytes(1023)).isEqualTo("1023\u00a0B");
    assertThat(figures.bytes(1536)).isEqualTo("1.5\u00a0KiB");
    assertThat(figures.bytes(Long.MAX_VALUE)).isEqualTo("8192.0\u00a0PiB");
    assertThat(figures.time(Instant.EPOCH)).isEqualTo("1970-01-01 00:00 UTC");
  }

  @Test
  void metricsHaveTheirUsualNames() {
    assertThat(figures.title("roc_auc_macro")).isEqualTo("ROC-AUC, macro");
    assertThat(figures.title("f1_minority_weighted")).isEqualTo("F1, minority-weighted");
    assertThat(figures.title("f1_weighted")).isEqualTo("F1, weighted");
    assertThat(figures.title("unheard_of_macro")).isEqualTo("unheard_of_macro");
  }
}
