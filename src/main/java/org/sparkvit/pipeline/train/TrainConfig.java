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
 * @param workspace the URI of the workspace
 * @param name the name of the model in the workspace
 * @param overwrite whether a model of that name gets a further version
 * @param usePlan whether the {@code plan} table is used where there is one
 * @param useSynthetic whether images of the {@code synthetic} table are shown as well
 * @param rare the treatment of rare classes
 * @param initialization the weights that the training begins with
 * @param recipe the recipe of the training
 * @param diloco the number of workers and the settings of their cooperation
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param precision {@code auto}, {@code fp32}, {@code bf16} or {@code fp16}
 * @param decodeThreads the number of threads per Spark task that read and decode
 * @param cacheFolder the local folder for the pixels while training, or empty for the JVM's
 *     temporary folder
 * @param trainRunOptions the options that do not change the result
 * @param card the facts for the model's card that cannot be measured
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

  /** Checks what the ranges of the options cannot. */
  public TrainConfig {
    OutputName.require(name);
  }

  /** Returns the recipe, with the settings that follow from the initialization. */
  Recipe resolvedRecipe() {
    return recipe.recipe(initialization.initialization().defaultLearningRate());
  }

  /**
   * Returns the values of the options that decide the model, by name. They are the same in a
   * training that is resumed. Values that follow from other options, such as the learning rate, are
   * among them.
   *
   * @param begin the weights that the training begins with
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
