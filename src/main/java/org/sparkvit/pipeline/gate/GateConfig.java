package org.sparkvit.pipeline.gate;

import java.util.Optional;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link GateStage}.
 *
 * @param workspace URI of the workspace
 * @param checks URI of a file of limits; {@link GateStage#DEFAULTS} where not given
 * @param failOnAnomaly whether what is unusual against earlier runs fails, or warns
 */
public record GateConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "URI",
            help =
                "File of limits, a line for each figure: 'unusable_share = warn > 0.01, fail >"
                    + " 0.1'. conf/checks.properties has those that count unless given, and the"
                    + " names of the figures.")
        Optional<String> checks,
    @Option(
            help =
                "Fail, and not only warn, where a figure is more than 3 standard deviations from"
                    + " earlier runs (from 7 on), has changed by more than half since the last one,"
                    + " or its distribution has drifted.")
        boolean failOnAnomaly) {}
