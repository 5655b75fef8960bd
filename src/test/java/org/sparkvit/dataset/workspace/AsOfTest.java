package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.PlanTable;

class AsOfTest {
  @Test
  void timesAndVersionsAsPeopleWriteThem() {
    assertThat(AsOf.parse("")).isEqualTo(AsOf.LATEST);
    Instant time = Instant.parse("2026-11-30T08:00:00Z");
    for (String text :
        List.of(
            "2026-11-30T08:00:00Z",
            "2026-11-30T09:00+01:00",
            "2026-11-30T09:00:00+01:00[Europe/Berlin]")) {
      assertThat(AsOf.parse(text).time()).contains(time);
    }
    AsOf both = AsOf.parse("images@3, 2026-11-30T08:00:00Z,label_checks@0");
    assertThat(both.time()).contains(time);
    assertThat(both.versions()).isEqualTo(Map.of("images", 3L, "label_checks", 0L));
    assertThat(both.isAbout(PlanTable.SPEC)).isTrue();
    assertThat(AsOf.parse("images@3").isAbout(PlanTable.SPEC)).isFalse();
  }

  @Test
  void whatIsNeitherIsSaid() {
    for (String text : List.of("yesterday", "2026-11-30", "2026-11-30T08:00:00", "images@-1")) {
      assertThatThrownBy(() -> AsOf.parse(text))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("--as-of is '" + text + "'; use a time with its zone");
    }
    assertThatThrownBy(() -> AsOf.parse("picture@3"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no table 'picture'; name one of [")
        .hasMessageContaining("images");
    assertThatThrownBy(() -> AsOf.parse("images@3,images@4")).hasMessageContaining("twice");
    assertThatThrownBy(() -> AsOf.parse("2026-11-30T08:00:00Z,2026-11-29T08:00:00Z"))
        .hasMessageContaining("one time");
  }
}
