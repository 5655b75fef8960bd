package org.sparkvit.pipeline.synthesize;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.core.UserException;
import org.sparkvit.image.hash.PdqHash;

/**
 * What the stage {@code synthesize} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param methods of which each image gets one by chance
 * @param target images that each class of the train split has in the end; null for as many as the
 *     largest class
 * @param mixupAlpha of the Beta distribution of mixup's shares, above 0
 * @param cutmixAlpha the same for CutMix
 * @param fourierBand largest share of the shorter side up to which frequencies take the other's
 *     amplitude; each image gets one from a tenth of it to all, 0 to 0.5
 * @param maxSide pixels of the longer side above which an image is reduced first
 * @param seed another seed makes other images
 * @param overwrite whether images made earlier are replaced
 */
public record SynthesizeConfig(
    String workspace,
    List<Method> methods,
    Long target,
    double mixupAlpha,
    double cutmixAlpha,
    double fourierBand,
    int maxSide,
    long seed,
    boolean overwrite)
    implements Serializable {
  /**
   * Bits of the PDQ hash up to which a synthetic image repeats an image of validation or test, and
   * is not kept.
   */
  static final int SAME = PdqHash.SAME;

  public SynthesizeConfig {
    methods = methods.stream().distinct().sorted().toList();
    UserException.require(
        !methods.isEmpty(), "--methods", "''", "one or more of mixup, cutmix, fourier");
    UserException.require(target == null || target > 0, "--target", target, "1 or more images");
    UserException.require(mixupAlpha > 0, "--mixup-alpha", mixupAlpha, "a number above 0");
    UserException.require(cutmixAlpha > 0, "--cutmix-alpha", cutmixAlpha, "a number above 0");
    UserException.require(
        fourierBand > 0 && fourierBand <= 0.5, "--fourier-band", fourierBand, "above 0 to 0.5");
    UserException.require(maxSide >= 16, "--max-side", maxSide, "16 pixels or more");
  }

  /** Option names and values, for the run record. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("methods", methods.stream().map(Method::label).toList());
    map.put("target", target);
    map.put("mixup-alpha", mixupAlpha);
    map.put("cutmix-alpha", cutmixAlpha);
    map.put("fourier-band", fourierBand);
    map.put("max-side", maxSide);
    map.put("seed", seed);
    map.put("overwrite", overwrite);
    return map;
  }
}
