package org.sparkvit.pipeline.maintenance;

import java.util.Optional;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link HistoryStage}.
 *
 * @param workspace URI of the workspace
 * @param table name of the table
 */
public record HistoryConfig(
    @WorkspaceOption String workspace,
    @Option(positional = true, label = "TABLE", help = "Name of the table.")
        Optional<String> table) {}
