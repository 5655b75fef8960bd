package org.sparkvit.stats.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Scores with what scikit-learn makes of them; see make_calibration_fixtures.py. */
public final class CalibrationFixtures {
  private CalibrationFixtures() {}

  /**
   * One case.
   *
   * @param scores exact as floats
   * @param labels 1 for images of the class
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Case(double[] scores, double[] labels, JsonNode expected) {
    /** Numbers that the fixture has under a name. */
    public double[] numbers(String name) {
      return CalibrationFixtures.numbers(expected.get(name));
    }

    ScoreHistogram counts() {
      boolean[] positive = new boolean[labels.length];
      for (int i = 0; i < labels.length; i++) {
        positive[i] = labels[i] == 1;
      }
      return ScoreHistogram.of(scores, positive);
    }
  }

  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  /** All of them. */
  public static List<Case> cases() {
    try (InputStream in =
        CalibrationFixtures.class.getResourceAsStream("/metrics/calibration.json")) {
      List<Case> cases = new ArrayList<>();
      for (JsonNode node : new ObjectMapper().readTree(in)) {
        cases.add(new Case(numbers(node.get("scores")), numbers(node.get("labels")), node));
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
