package org.sparkvit.pipeline.balance;

import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.training.recipe.BalancePolicy;

/**
 * Options of {@link BalanceStage}.
 *
 * @param workspace URI of the workspace
 * @param overwrite whether an earlier plan is replaced
 * @param policy how the classes are balanced
 */
public record BalanceConfig(
    @WorkspaceOption String workspace, @OverwriteOption boolean overwrite, BalancePolicy policy) {}
