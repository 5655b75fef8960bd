package org.sparkvit.pipeline.report;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.OutputName;

/**
 * What the stage {@code report} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param name the report's folder below {@code reports/}
 * @param model name or URI of a model directory, or the first digits of a model hash; null for the
 *     model that was used last
 * @param positive the class whose missed images are shown; null to choose one
 * @param mistakes how many images to show of each kind of mistake, 0 to 500; 0 embeds no image
 * @param thumbnailSize longer side of those images in pixels, 32 to 512
 * @param blurSensitive whether images are blurred at first, until they are pointed at
 * @param about URI of a file of what cannot be measured of the data set, for {@code
 *     croissant.json}; null for none
 * @param overwrite whether an earlier report of that name is replaced
 */
public record ReportConfig(
    String workspace,
    String name,
    String model,
    String positive,
    int mistakes,
    int thumbnailSize,
    boolean blurSensitive,
    String about,
    boolean overwrite) {
  public ReportConfig {
    OutputName.require(name);
    requireRange("--mistakes", mistakes, 0, 500);
    requireRange("--thumbnail-size", thumbnailSize, 32, 512);
    requireValue("--model", model);
    requireValue("--positive", positive);
    requireValue("--about", about);
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("name", name);
    map.put("model", model);
    map.put("positive", positive);
    map.put("mistakes", mistakes);
    map.put("thumbnail-size", thumbnailSize);
    map.put("blur-sensitive", blurSensitive);
    map.put("about", about);
    map.put("overwrite", overwrite);
    return map;
  }

  private static void requireRange(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw new UserException(
          option + " is " + value + "; give a number from " + low + " to " + high);
    }
  }

  private static void requireValue(String option, String value) {
    if (value != null && value.isBlank()) {
      throw new UserException(option + " is empty; give a value or leave the option out");
    }
  }
}
