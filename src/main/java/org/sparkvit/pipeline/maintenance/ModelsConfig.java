package org.sparkvit.pipeline.maintenance;

import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.dataset.workspace.OutputName;

/**
 * Options of {@link ModelsStage}.
 *
 * @param workspace URI of the workspace
 * @param promote version to make current, {@code NAME@RUN}
 * @param rollBack model that is to go back to the version before
 */
public record ModelsConfig(
    @WorkspaceOption String workspace,
    @Option(label = "NAME@RUN", help = "Make this version the current one of its model.")
        Optional<String> promote,
    @Option(
            label = "NAME",
            help = "Make the version current again that was so before the one that is.")
        Optional<String> rollBack) {

  /** Checks the names. */
  public ModelsConfig {
    if (promote.isPresent() && rollBack.isPresent()) {
      throw new UserException("--promote and --roll-back are both given; give one of them");
    }
    promote.ifPresent(
        version -> {
          ModelName model = ModelName.of(version);
          UserException.require(
              model.version().isPresent() && OutputName.isName(model.name()),
              "--promote",
              version,
              "NAME@RUN, as 'spark-vit models' lists it");
        });
    rollBack.ifPresent(
        name ->
            UserException.require(
                OutputName.isName(name),
                "--roll-back",
                name,
                "the name of a model, without a version"));
  }
}
