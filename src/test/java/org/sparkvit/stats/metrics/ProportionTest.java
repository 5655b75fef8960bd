package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/**
 * Figures of scipy 1.17: binomtest(...).proportion_ci('wilson'), chi2_contingency,
 * false_discovery_control.
 */
class ProportionTest {
  @Test
  void intervalIsWilsons() {
    assertThat(new Proportion(3, 10).low()).isCloseTo(0.10779126740630102, within(1e-12));
    assertThat(new Proportion(3, 10).high()).isCloseTo(0.6032218525388546, within(1e-12));
    assertThat(new Proportion(50, 1000).low()).isCloseTo(0.03813026239274881, within(1e-12));
    assertThat(new Proportion(50, 1000).high()).isCloseTo(0.06531382024425081, within(1e-12));
    assertThat(new Proportion(0, 10).low()).isZero();
    assertThat(new Proportion(0, 10).high()).isCloseTo(0.27753279986288926, within(1e-12));
    assertThat(new Proportion(10, 10).low()).isCloseTo(0.7224672001371109, within(1e-12));
    assertThat(new Proportion(10, 10).high()).isEqualTo(1);
  }

  @Test
  void nothingIsKnownOfNothing() {
    Proportion none = new Proportion(0, 0);
    assertThat(none.rate()).isNaN();
    assertThat(none.low()).isZero();
    assertThat(none.high()).isEqualTo(1);
    assertThat(none.pValue(new Proportion(3, 9))).isEqualTo(1);
    assertThat(new Proportion(0, 5).pValue(new Proportion(0, 9))).isEqualTo(1);
  }

  @Test
  void twoProportionsAreComparedAsByChiSquared() {
    assertThat(new Proportion(30, 100).pValue(new Proportion(50, 300)))
        .isCloseTo(0.003892417122778637, within(1e-10));
  }

  @Test
  void falseDiscoveriesAreThoseOfBenjaminiAndHochberg() {
    double[] wanted = {0.03, 0.048, 0.048, 0.03, 0.5, 0.048};
    double[] adjusted = FalseDiscovery.adjust(new double[] {.01, .04, .03, .005, .5, .04});
    for (int i = 0; i < wanted.length; i++) {
      assertThat(adjusted[i]).isCloseTo(wanted[i], within(1e-12));
    }
    assertThat(FalseDiscovery.adjust(new double[0])).isEmpty();
  }

  @Test
  void associationIsPearsonsAndBergsmas() {
    Association found = Association.of(new long[][] {{30, 10, 5}, {20, 25, 15}, {0, 7, 40}});
    assertThat(found.chiSquared()).isCloseTo(75.72899921197794, within(1e-9));
    assertThat(found.degrees()).isEqualTo(4);
    assertThat(found.p()).isCloseTo(1.3970432183479238e-15, within(1e-15));
    assertThat(found.cramersV()).isCloseTo(0.4889064022634171, within(1e-12));
    // Empty rows and columns change nothing.
    Association wider =
        Association.of(new long[][] {{30, 0, 10, 5}, {0, 0, 0, 0}, {20, 0, 25, 15}, {0, 0, 7, 40}});
    assertThat(wider.cramersV()).isCloseTo(found.cramersV(), within(1e-12));
    assertThat(Association.of(new long[][] {{3, 4}}).p()).isEqualTo(1);
    assertThat(Association.of(new long[][] {{50, 0}, {0, 50}}).cramersV()).isGreaterThan(0.99);
  }
}
