package org.sparkvit.monitoring;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The time of nodes, with its cost where a price is known.
 *
 * @param time the time of nodes and executors
 * @param price the price of a node and hour, in a currency that is the user's
 * @param images the number of images worked on, or 0 where the work is not by images
 */
public record NodeCost(NodeTime time, Optional<Double> price, long images) {

  /** Returns the cost in the price's currency, or empty without a price. */
  public Optional<Double> cost() {
    return price.map(each -> each * time.nodeHours());
  }

  /** Returns the images that one unit of the currency is enough for, where that is defined. */
  public Optional<Double> imagesPerUnit() {
    return images > 0
        ? cost().filter(cost -> cost > 0).map(cost -> images / cost)
        : Optional.empty();
  }

  /** Returns the figures by name, each of which has its unit in the map {@code units}. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    Map<String, String> units = new LinkedHashMap<>();
    put(map, units, "node_hours", time.nodeHours(), "nodes x hours; the driver's is one");
    put(map, units, "executor_hours", time.executorHours(), "executors x hours");
    put(map, units, "most_nodes", time.mostNodes(), "nodes at a time");
    price.ifPresent(
        each -> put(map, units, "node_price", each, "currency of --node-price / (node x hour)"));
    cost().ifPresent(cost -> put(map, units, "cost", cost, "currency of --node-price"));
    if (images > 0) {
      put(map, units, "images", images, "images");
    }
    imagesPerUnit()
        .ifPresent(
            rate -> put(map, units, "images_per_cost", rate, "images / currency of --node-price"));
    map.put("units", units);
    return map;
  }

  private static void put(
      Map<String, Object> map, Map<String, String> units, String name, Object value, String unit) {
    map.put(name, value);
    units.put(name, unit);
  }

  /** Returns the figures as one line for people. */
  public String line() {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%.3f node-hours (%d nodes at most, %.3f executor-hours)",
                time.nodeHours(),
                time.mostNodes(),
                time.executorHours()));
    price.ifPresent(
        each ->
            line.append(
                String.format(Locale.ROOT, ", at %s each: %.2f", each, cost().orElseThrow())));
    imagesPerUnit()
        .ifPresent(rate -> line.append(String.format(Locale.ROOT, "; %,.0f images for 1", rate)));
    return line.toString();
  }
}
