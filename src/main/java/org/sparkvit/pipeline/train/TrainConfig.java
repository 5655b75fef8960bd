package org.sparkvit.pipeline.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.training.recipe.Diloco;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.Recipe;

/**
 * What the stage {@code train} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param name what the model is called in the workspace
 * @param overwrite whether a model of that name is replaced
 * @param usePlan whether the {@code plan} table counts, where there is one
 * @param useSynthetic whether images of the {@code synthetic} table are shown as well
 * @param rare what becomes of rare classes
 * @param initialization where the training begins
 * @param recipe how the model is trained
 * @param diloco by how many workers, and how they work together
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16} or {@code fp16}
 * @param decodeThreads threads per Spark task that read and decode
 * @param cacheFolder local folder for the pixels while training; empty for the JVM's temporary one
 * @param trainRunOptions what is kept of the training while it runs
 * @param card what the model's card says that cannot be measured
 */
public record TrainConfig(
    String workspace,
    String name,
    boolean overwrite,
    boolean usePlan,
    boolean useSynthetic,
    RareClasses rare,
    Initialization initialization,
    Recipe recipe,
    Diloco diloco,
    String device,
    String precision,
    int decodeThreads,
    Optional<Path> cacheFolder,
    TrainRunOptions trainRunOptions,
    CardFields card) {
  public TrainConfig {
    Objects.requireNonNull(rare);
    Objects.requireNonNull(initialization);
    Objects.requireNonNull(recipe);
    OutputName.require(name);
    if (!Set.of("auto", "cpu", "gpu").contains(device)) {
      throw new UserException("--device is '" + device + "'; use auto, cpu or gpu");
    }
    if (!Set.of("auto", "fp32", "bf16", "fp16").contains(precision)) {
      throw new UserException("--precision is '" + precision + "'; use auto, fp32, bf16 or fp16");
    }
    if (decodeThreads < 1) {
      throw new UserException("--decode-threads is " + decodeThreads + "; use 1 or more");
    }
    if (initialization instanceof Initialization.Scratch scratch) {
      // Here the side is known already, so that the mistake shows before Spark starts.
      recipe.augmentation().requireFits(scratch.architecture().imageSize());
    }
  }

  /** What decides about the model, by option: the same in a training that is resumed. */
  Map<String, Object> fingerprint() {
    Map<String, Object> map = new LinkedHashMap<>(initialization.toMap());
    map.putAll(recipe.toMap());
    map.putAll(diloco.toMap());
    map.putAll(rare.toMap());
    map.put("precision", precision);
    return map;
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("name", name);
    map.put("overwrite", overwrite);
    map.put("no-plan", !usePlan);
    map.put("synthetic", useSynthetic);
    map.putAll(fingerprint());
    map.put("device", device);
    map.put("decode-threads", decodeThreads);
    map.putAll(trainRunOptions.toMap());
    map.putAll(card.toMap());
    cacheFolder.ifPresent(folder -> map.put("cache-dir", folder.toString()));
    return map;
  }
}
