package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.DataException;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.ModelName;

/** Which models have said something, and what their probabilities stand for. */
public final class ModelClasses {
  private ModelClasses() {}

  /**
   * The models that have predictions, by hash, with their classes in the order of the logits.
   *
   * @param wanted only models whose hash begins with this or which it is the name of, {@code NAME}
   *     or {@code NAME@RUN}
   * @throws UserException when there is none
   */
  public static SortedMap<String, List<String>> find(
      Dataset<Row> models, Dataset<Row> predictions, Optional<String> wanted) {
    SortedMap<String, List<String>> known = new TreeMap<>();
    SortedMap<String, ModelName> names = new TreeMap<>();
    for (Row row :
        models
            .select(ModelsTable.MODEL, ModelsTable.LOCATION, ModelsTable.CLASSES)
            .orderBy(col(ModelsTable.USED_AT), col(ModelsTable.LOCATION))
            .collectAsList()) {
      known.put(row.getString(0), new ArrayList<>(row.<String>getList(2)));
      names.put(row.getString(0), ModelName.at(row.getString(1)));
    }
    SortedMap<String, List<String>> chosen = new TreeMap<>();
    List<String> offered = new ArrayList<>();
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
      ModelName name = names.get(model);
      offered.add(name + " (" + abbreviate(model) + ")");
      if (wanted.isEmpty() || model.startsWith(wanted.get()) || name.isMeantBy(wanted.get())) {
        chosen.put(model, known.get(model));
      }
    }
    if (offered.isEmpty()) {
      throw new UserException("table 'predictions' has no rows; run 'spark-vit score' first");
    }
    if (chosen.isEmpty()) {
      throw new UserException(
          "--model '" + wanted.orElse("") + "' has no predictions; those that have are " + offered);
    }
    return chosen;
  }

  /** Enough of a hash to recognise it by. */
  public static String abbreviate(String model) {
    return model.substring(0, Math.min(12, model.length()));
  }
}
