package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * The model that the report is about.
 *
 * @param hash the hash of its configuration and weights
 * @param location its location when it was used
 * @param classes its classes in the order of its outputs
 * @param usedAt the time when it last scored images
 */
public record ModelFacts(String hash, String location, List<String> classes, Instant usedAt) {
  private static final int NAMED_IN_ERROR = 10;

  /**
   * Returns the model that {@code choice} names, or the one used last.
   *
   * @param choice {@code NAME}, {@code NAME@RUN} or the URI of a model directory, or the first
   *     digits of a hash, or null
   * @return the model, or null where no model has scored anything yet and none was asked for
   */
  static ModelFacts choose(Workspace workspace, String choice) {
    if (!workspace.has(ModelsTable.SPEC)) {
      if (choice == null) {
        return null;
      }
      throw new UserException(
          "--model is '"
              + choice
              + "', but no model has scored images here; run 'spark-vit score'");
    }
    Dataset<Row> models = workspace.read(ModelsTable.SPEC);
    List<ModelFacts> found = new ArrayList<>();
    if (choice == null) {
      found.addAll(last(models, 1));
    } else {
      Column named =
          col(ModelsTable.LOCATION)
              .equalTo(choice)
              .or(col(ModelsTable.LOCATION).endsWith("/" + choice))
              .or(ModelName.isVersionOf(col(ModelsTable.LOCATION), choice))
              .or(col(ModelsTable.MODEL).startsWith(choice));
      found.addAll(last(models.where(named), 1));
      if (found.isEmpty()) {
        throw new UserException(
            "--model is '"
                + choice
                + "', which has scored nothing here; the last models that have: "
                + last(models, NAMED_IN_ERROR).stream()
                    .map(model -> model.location() + " (" + model.hash() + ")")
                    .toList());
      }
    }
    return found.isEmpty() ? null : found.get(0);
  }

  private static List<ModelFacts> last(Dataset<Row> models, int count) {
    return models
        .select(ModelsTable.MODEL, ModelsTable.LOCATION, ModelsTable.CLASSES, ModelsTable.USED_AT)
        .orderBy(col(ModelsTable.USED_AT).desc(), col(ModelsTable.MODEL))
        .limit(count)
        .collectAsList()
        .stream()
        .map(
            row ->
                new ModelFacts(
                    row.getString(0),
                    row.getString(1),
                    row.<String>getList(2),
                    row.getTimestamp(3).toInstant()))
        .toList();
  }
}
