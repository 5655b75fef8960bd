package org.sparkvit.pipeline.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.options.DecodeThreadsOption;
import org.sparkvit.core.options.DeviceOption;
import org.sparkvit.core.options.NoPlanOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.Options;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.SyntheticOption;
import org.sparkvit.core.options.TrainingPrecisionOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.training.recipe.Diloco;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.InitializationOptions;
import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.RecipeOptions;

/**
 * Options of {@link TrainStage}.
 *
 * @param workspace URI of the workspace
 * @param name what the model is called in the workspace
 * @param overwrite whether a model of that name gets a further version
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
    @WorkspaceOption String workspace,
    @Option(standard = "vit", help = "What the model is called in the workspace.") String name,
    @OverwriteOption boolean overwrite,
    @NoPlanOption boolean usePlan,
    @SyntheticOption boolean useSynthetic,
    RareClasses rare,
    InitializationOptions initialization,
    RecipeOptions recipe,
    Diloco diloco,
    @DeviceOption String device,
    @TrainingPrecisionOption String precision,
    @DecodeThreadsOption int decodeThreads,
    @Option(
            name = "cache-dir",
            label = "FOLDER",
            advanced = true,
            help =
                "Folder on the driver's disk for the decoded pixels while training; without it the"
                    + " temporary folder.")
        Optional<Path> cacheFolder,
    TrainRunOptions trainRunOptions,
    CardFields card) {

  /** Checks what ranges do not say. */
  public TrainConfig {
    OutputName.require(name);
  }

  /** How the model is trained, with what follows from where the training begins. */
  Recipe resolvedRecipe() {
    return recipe.recipe(initialization.initialization().defaultLearningRate());
  }

  /**
   * What decides about the model, by option: the same in a training that is resumed. Also what
   * follows from other options is said, such as the learning rate.
   *
   * @param begin where the training begins
   */
  Map<String, Object> fingerprint(Initialization begin) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.putAll(Options.texts(InitializationOptions.of(begin)));
    map.putAll(Options.texts(RecipeOptions.of(resolvedRecipe())));
    map.putAll(Options.texts(diloco));
    map.putAll(Options.texts(rare));
    map.put("precision", precision);
    return map;
  }
}
