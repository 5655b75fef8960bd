package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitNamesTest {
  private static List<String> splits(String... names) {
    SplitNames all = SplitNames.of(List.of(names));
    List<String> splits = new ArrayList<>();
    for (String name : names) {
      splits.add(all.split(name));
    }
    return splits;
  }

  @Test
  void aSplitsWordAndNumbersSayIt() {
    assertThat(splits("train-00000-of-00010", "Test_0", "val.part3", "dev", "images"))
        .containsExactly("train", "test", "validation", "validation", null);
    assertThat(splits("train")).containsExactly("train");
  }

  @Test
  void furtherWordsAreThoseOfTheDataSetOnlyWhereAnotherSplitHasThem() {
    assertThat(splits("imagenet1k-train-0000", "imagenet1k-val-00", "imagenet1k-extra"))
        .containsExactly("train", "validation", null);
    assertThat(splits("test-clean-1", "train-clean-1")).containsExactly("test", "train");
    assertThat(splits("test-strips", "urine-strips", "litmus-test-0", "train-1"))
        .containsExactly(null, null, null, "train");
    assertThat(splits("test-strips", "test-strips-2")).containsExactly(null, null);
    assertThat(SplitNames.of(List.of("test-strips", "litmus-test")).decision().orElseThrow())
        .startsWith("'litmus-test' and 1 more say more than a split");
    assertThat(SplitNames.of(List.of("train-1", "x")).decision()).isEmpty();
  }
}
