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
 * @param hash of its configuration and weights, 64 hex digits
 * @param location where its directory was when it was used
 * @param classes in the order of its outputs
 * @param usedAt when it last scored images
 */
public record ScoredModel(String hash, String location, List<String> classes, Instant usedAt) {
  public ScoredModel {
    classes = List.copyOf(classes);
  }

  /** Reads all models that have scored images, the one that was used last at the end. */
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

  /** What people call it: {@code NAME}, or {@code NAME@RUN} for a version of a model. */
  public ModelName name() {
    return ModelName.at(location);
  }

  /** Its name, with enough of its hash to be told from others. */
  @Override
  public String toString() {
    return name() + " (" + ModelClasses.abbreviate(hash) + ")";
  }
}
