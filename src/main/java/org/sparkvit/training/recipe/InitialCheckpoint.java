package org.sparkvit.training.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Background;
import org.sparkvit.core.Labels;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.ModelReference;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelCard;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;

/**
 * The checkpoint that a training begins with, adapted to the classes and the image size of the
 * data.
 *
 * @param checkpoint a checkpoint with the labels of the data, for images on the data's background
 * @param card the text of the model card, if it has one
 * @param notes sentences on how it was adapted to the data
 */
public record InitialCheckpoint(Checkpoint checkpoint, Optional<String> card, List<String> notes) {
  public InitialCheckpoint {
    notes = List.copyOf(notes);
  }

  /**
   * Loads the checkpoint, or draws random weights.
   *
   * @param seed the seed of the random weights
   * @param record receives the model and its version as an input
   */
  public static InitialCheckpoint open(
      SparkSession spark,
      Workspace workspace,
      Initialization initialization,
      Labels labels,
      long seed,
      RunRecord record) {
    Background background = CatalogBackground.of(workspace);
    if (initialization instanceof Initialization.Pretrained pretrained) {
      String location = new ModelReference(pretrained.model()).location(workspace);
      // The mapped file stays readable after it is deleted.
      try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
        record.input("model", location).input("model_hash", ModelDirectory.hash(files.directory()));
        ModelDirectory.Loaded loaded =
            ModelDirectory.readForTraining(
                files.directory(),
                labels.names(),
                pretrained.imageSize(),
                pretrained.newHead(),
                seed);
        List<String> notes = new ArrayList<>(loaded.notes());
        Background former = loaded.checkpoint().preprocessor().background();
        if (former != null && !former.equals(background)) {
          notes.add(
              "it was trained with --background "
                  + former
                  + " before; now it learns from images on "
                  + background
                  + ", as the catalog says");
        }
        record.result("model_notes", notes);
        return new InitialCheckpoint(
            loaded.checkpoint().on(background), ModelCard.read(files.directory()), notes);
      }
    }
    Initialization.Scratch scratch = (Initialization.Scratch) initialization;
    return new InitialCheckpoint(
        Checkpoint.random(
            scratch.architecture().withLabels(labels.names()),
            PreprocessorConfig.squash(scratch.architecture().imageSize()).on(background),
            seed),
        Optional.empty(),
        List.of());
  }
}
