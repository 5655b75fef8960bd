package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;

import java.time.Instant;
import java.util.List;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * A model that has scored images of a workspace.
 *
 * @param hash the hash of its configuration and weights, 64 hex digits
 * @param location the URI of its directory when it was used
 * @param classes the classes in the order of its outputs
 * @param usedAt the time at which it last scored images
 */
public record ScoredModel(String hash, String location, List<String> classes, Instant usedAt) {
  public ScoredModel {
    classes = List.copyOf(classes);
  }

  /** Reads all models that have scored images, in the order of their last use. */
  public static List<ScoredModel> readAll(Workspace workspace) {
    if (!workspace.has(ModelsTable.SPEC)) {
      return List.of();
    }
    return workspace
        .read(ModelsTable.SPEC)
        .select(ModelsTable.MODEL, ModelsTable.LOCATION, ModelsTable.CLASSES, ModelsTable.USED_AT)
        .orderBy(col(ModelsTable.USED_AT), col(ModelsTable.MODEL).desc())
        .collectAsList()
        .stream()
        .map(
            row ->
                new ScoredModel(
                    row.getString(0),
                    row.getString(1),
                    row.<String>getList(2),
                    row.getTimestamp(3).toInstant()))
        .toList();
  }

  /**
   * Returns the name that people use: {@code NAME}, or {@code NAME@RUN} for a version of a model.
   */
  public ModelName name() {
    return ModelName.at(location);
  }

  /** Returns the name, with enough of the hash to tell the model from others. */
  @Override
  public String toString() {
    return name() + " (" + ModelClasses.abbreviate(hash) + ")";
  }
}
