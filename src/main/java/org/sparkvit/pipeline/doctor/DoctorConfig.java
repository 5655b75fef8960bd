package org.sparkvit.pipeline.doctor;

import java.util.Optional;
import org.sparkvit.core.options.DeviceOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link DoctorStage}.
 *
 * @param workspace URI of the workspace, which every process has to reach
 * @param input URI of images that every process has to reach as well
 * @param device the device that models will run on
 * @param executors the number of executors that have to answer; 0 for those that there are
 */
public record DoctorConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "URI",
            help = "A folder, manifest or tar file that every process has to reach as well.")
        Optional<String> input,
    @DeviceOption String device,
    @Option(
            standard = "0",
            least = 0,
            greatest = 100_000,
            help = "Number of executors that have to answer; 0 for those that there are.")
        int executors) {}
