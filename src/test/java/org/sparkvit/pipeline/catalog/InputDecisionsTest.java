package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;

class InputDecisionsTest {
  @Test
  void aDecisionIsSaidOnceInItsOrder() {
    InputDecisions decisions = new InputDecisions();
    decisions.say("layout: 2 splits x 3 classes");
    decisions.say("encoding: UTF-8");
    decisions.say("layout: 2 splits x 3 classes");
    assertThat(decisions.sentences())
        .containsExactly("layout: 2 splits x 3 classes", "encoding: UTF-8");
  }

  @Test
  void decisionsDoNotGrowWithTheData() {
    InputDecisions decisions = new InputDecisions();
    for (int i = 0; i < 1_000; i++) {
      decisions.say("decision " + i);
    }
    decisions.say("decision 7");
    assertThatThrownBy(() -> decisions.say("one more"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'one more'");
  }
}
