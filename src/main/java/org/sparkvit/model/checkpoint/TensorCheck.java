package org.sparkvit.model.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;

/** Checks the tensors of a model directory against its configuration. */
final class TensorCheck {
  private static final int NAMED = 8;

  private TensorCheck() {}

  /**
   * Requires exactly the tensors that the configuration asks for, with its shapes and finite
   * values.
   *
   * @throws UserException that names the first wrong tensors of each kind and their number
   */
  static void require(Path directory, ViTConfig config, Map<String, Tensor> tensors) {
    Map<String, List<Long>> expected = config.parameterShapes();
    List<String> missing =
        expected.keySet().stream().filter(key -> !tensors.containsKey(key)).toList();
    List<String> unexpected =
        tensors.keySet().stream().filter(key -> !expected.containsKey(key)).toList();
    List<String> unfit = new ArrayList<>();
    List<String> unfitHead = new ArrayList<>();
    expected.forEach(
        (key, shape) -> {
          Tensor tensor = tensors.get(key);
          if (tensor != null && !tensor.shape().equals(shape)) {
            (config.family().isHead(key) ? unfitHead : unfit)
                .add(key + " is " + tensor.shape() + ", not " + shape);
          } else if (tensor != null && !tensor.dtype().isFloat()) {
            unfit.add(key + " is " + tensor.dtype() + ", not a float type");
          }
        });
    if (missing.isEmpty() && unexpected.isEmpty() && unfit.isEmpty() && !unfitHead.isEmpty()) {
      throw new UserException(
          directory
              + ": the head does not fit the labels of config.json, which are "
              + config.labels().size()
              + ": "
              + list(unfitHead)
              + "; give it the labels that the head was trained for");
    }
    unfit.addAll(unfitHead);
    List<String> problems =
        Stream.of(
                part("missing", missing), part("unexpected", unexpected), part("mismatched", unfit))
            .filter(Objects::nonNull)
            .toList();
    if (!problems.isEmpty()) {
      throw new UserException(
          directory + ": weights do not fit config.json: " + String.join("; ", problems));
    }
    List<String> notFinite =
        expected.keySet().stream().filter(key -> !tensors.get(key).isFinite()).toList();
    if (!notFinite.isEmpty()) {
      throw new UserException(
          directory
              + ": "
              + part("NaN or infinite numbers in tensors", notFinite)
              + "; the file is damaged or its training diverged: use another checkpoint");
    }
  }

  private static String part(String title, List<String> problems) {
    return problems.isEmpty() ? null : title + " (" + problems.size() + "): " + list(problems);
  }

  private static String list(List<String> problems) {
    int named = Math.min(problems.size(), NAMED);
    return String.join(", ", problems.subList(0, named)) + (named < problems.size() ? ", ..." : "");
  }
}
