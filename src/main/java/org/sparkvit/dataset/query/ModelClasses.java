package org.sparkvit.dataset.query;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.DataException;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;

/** Lists the models that have predictions, with the classes that their probabilities belong to. */
public final class ModelClasses {
  private ModelClasses() {}

  /**
   * Finds the models that have predictions.
   *
   * @param predictions rows of the table {@code predictions}
   * @param wanted the {@linkplain ModelReference one model} that is wanted, or empty for all
   * @return the classes of each model in the order of its probabilities, by the model's hash
   * @throws UserException when there are no predictions, or the wanted model has none
   */
  public static SortedMap<String, List<String>> find(
      Workspace workspace, Dataset<Row> predictions, Optional<String> wanted) {
    Map<String, ScoredModel> known = new TreeMap<>();
    ScoredModel.readAll(workspace).forEach(model -> known.put(model.hash(), model));
    SortedMap<String, List<String>> found = new TreeMap<>();
    for (Row row :
        predictions
            .select(PredictionsTable.MODEL)
            .distinct()
            .orderBy(PredictionsTable.MODEL)
            .collectAsList()) {
      String model = row.getString(0);
      if (!known.containsKey(model)) {
        throw new DataException(
            PredictionsTable.SPEC.name(),
            PredictionsTable.MODEL,
            "has '"
                + model
                + "', which table '"
                + ModelsTable.SPEC.name()
                + "' lacks; run 'spark-vit score' with that model again, which scores no image"
                + " twice");
      }
      found.put(model, known.get(model).classes());
    }
    if (found.isEmpty()) {
      throw new UserException("table 'predictions' has no rows; run 'spark-vit score' first");
    }
    if (wanted.isEmpty()) {
      return found;
    }
    ScoredModel model = new ModelReference(wanted.get()).scored(workspace);
    if (!found.containsKey(model.hash())) {
      throw new UserException(
          "model '"
              + wanted.get()
              + "' has no predictions; those that have are "
              + found.keySet().stream().map(known::get).toList());
    }
    return new TreeMap<>(Map.of(model.hash(), model.classes()));
  }

  /** Returns the first 12 characters of a hash, which are enough to recognise it by. */
  public static String abbreviate(String model) {
    return model.substring(0, Math.min(12, model.length()));
  }
}
