package org.sparkvit.inference;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Precision;

/**
 * How a model embeds images.
 *
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param batchSize images per forward pass
 * @param decodeThreads threads per Spark task that read and decode
 */
public record EmbeddingSettings(String device, String precision, int batchSize, int decodeThreads) {
  public EmbeddingSettings {
    UserException.require(
        Set.of("auto", "cpu", "gpu").contains(device), "--device", device, "auto, cpu or gpu");
    UserException.require(
        Precision.CHOICES.contains(precision),
        "--precision",
        precision,
        "one of " + Precision.CHOICES);
    UserException.require(
        batchSize >= 1 && batchSize % 16 == 0, "--batch-size", batchSize, "a multiple of 16");
    UserException.require(decodeThreads >= 1, "--decode-threads", decodeThreads, "1 or more");
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device);
    map.put("precision", precision);
    map.put("batch-size", batchSize);
    map.put("decode-threads", decodeThreads);
    return map;
  }
}
