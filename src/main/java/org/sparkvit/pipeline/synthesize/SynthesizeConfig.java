package org.sparkvit.pipeline.synthesize;

import java.util.List;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link SynthesizeStage}.
 *
 * @param workspace URI of the workspace
 * @param methods of which each image gets one by chance
 * @param target images that each class of the train split has in the end; without it as many as the
 *     largest class
 * @param blending how two images become one
 * @param overwrite whether images made earlier are replaced
 */
public record SynthesizeConfig(
    @WorkspaceOption String workspace,
    @Option(
            standard = "mixup,cutmix,fourier",
            help =
                "How two images become one, each image by one of these: mixup adds up two of a"
                    + " class, cutmix pastes a part of one into the other, fourier gives one the"
                    + " light and colour of any other.")
        List<Method> methods,
    @Option(
            label = "N",
            least = 1,
            help =
                "Images that each class of the train split has in the end. Without it as many as"
                    + " the largest class.")
        Optional<Long> target,
    BlendSettings blending,
    @OverwriteOption boolean overwrite) {

  /** Takes each method once. */
  public SynthesizeConfig {
    methods = methods.stream().distinct().sorted().toList();
    UserException.require(
        !methods.isEmpty(), "--methods", "''", "one or more of mixup, cutmix, fourier");
  }
}
