package org.sparkvit.stats.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Random cases with what scikit-learn says of them; see src/test/python/make_metric_fixtures.py.
 */
public final class SklearnFixtures {
  private SklearnFixtures() {}

  /**
   * One case.
   *
   * @param argmax whether the predictions are the most probable classes
   * @param probabilities exact as floats
   */
  public record Case(
      String name,
      int classes,
      boolean argmax,
      List<Integer> labels,
      List<Integer> predicted,
      List<float[]> probabilities,
      JsonNode expected,
      JsonNode curve) {

    public double expected(Metric metric) {
      return number(expected.at("/all/" + metric.label()));
    }

    public double expected(ClassMetric metric, int c) {
      return number(expected.at("/class/" + metric.label() + "/" + c));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A number, or NaN for null. */
  public static double number(JsonNode node) {
    if (node.isMissingNode()) {
      throw new IllegalArgumentException("the fixture lacks a value");
    }
    return node.isNull() ? Double.NaN : node.doubleValue();
  }

  public static List<Case> cases() {
    try (InputStream in = SklearnFixtures.class.getResourceAsStream("/metrics/sklearn.json")) {
      JsonNode root = new ObjectMapper().readTree(in);
      List<Case> cases = new ArrayList<>();
      for (JsonNode node : root.get("cases")) {
        List<float[]> probabilities = new ArrayList<>();
        for (JsonNode units : node.get("probabilities")) {
          float[] row = new float[units.size()];
          for (int c = 0; c < row.length; c++) {
            row[c] = units.get(c).intValue() / (float) root.get("unit").intValue();
          }
          probabilities.add(row);
        }
        int classes = node.get("classes").intValue();
        cases.add(
            new Case(
                cases.size() + " " + node.get("kind").textValue() + " of " + classes,
                classes,
                node.get("argmax").booleanValue(),
                ints(node.get("labels")),
                ints(node.get("predicted")),
                probabilities,
                node.get("expected"),
                node.path("curve")));
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> values = new ArrayList<>();
    array.forEach(value -> values.add(value.intValue()));
    return values;
  }
}
