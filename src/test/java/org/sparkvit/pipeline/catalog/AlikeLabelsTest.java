package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlikeLabelsTest {
  @ParameterizedTest
  @CsvSource({
    "Cat,         cat,      case",
    "cafe\u0301,  caf\u00e9, Unicode normal form",
    "new york,    new\u00a0york, white space",
    "new york,    newyork,  white space",
    "New York,    newyork,  case and white space",
    "1,           1.0,      how a number or letter is written",
    "01,          1,        how a number or letter is written",
    "1000,        1e3,      how a number or letter is written"
  })
  void classesThatDifferInSpellingOnlyAreTold(String one, String other, String difference) {
    assertThat(AlikeLabels.folded(one)).isEqualTo(AlikeLabels.folded(other));
    assertThat(AlikeLabels.warning(List.of(one, other)))
        .isEqualTo(
            "2 classes differ only in " + difference + ": '" + one + "' and '" + other + "'");
  }

  @ParameterizedTest
  @CsvSource({"cat, cats", "1, 10", "a-b, ab", "-1, 1", "straße, strasse"})
  void otherClassesAreNot(String one, String other) {
    assertThat(AlikeLabels.folded(one)).isNotEqualTo(AlikeLabels.folded(other));
  }
}
