package org.sparkvit.pipeline.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.core.Urls;
import org.sparkvit.dataset.workspace.Json;

/** The summary of a run as one line of JSON for other programs, in which no address has secrets. */
final class SummaryJson {
  private static final ObjectMapper VALUES = new ObjectMapper();

  private SummaryJson() {}

  /** Returns the line. */
  static String line(Map<String, Object> summary) {
    return Json.line(withoutSecrets(summary));
  }

  private static Object withoutSecrets(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      map.forEach((name, each) -> plain.put(name.toString(), withoutSecrets(each)));
      return plain;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(SummaryJson::withoutSecrets).toList();
    }
    if (value instanceof JsonNode json) {
      // A step of an earlier run, as its state has it.
      return json.isValueNode() && !json.isTextual()
          ? json
          : withoutSecrets(VALUES.convertValue(json, Object.class));
    }
    return value instanceof String text ? Urls.withoutSecrets(text) : value;
  }
}
