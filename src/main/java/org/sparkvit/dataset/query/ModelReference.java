package org.sparkvit.dataset.query;

import java.util.List;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * How a person names a model, in {@code --model} and in every other option that takes one. It means
 * the same in all commands, and is looked up in this order:
 *
 * <ol>
 *   <li>{@code NAME@RUN} is a version of a model of the workspace.
 *   <li>{@code NAME} is a model of the workspace, in the version that is current now.
 *   <li>What has a slash or a colon in it is the URI of a model directory.
 *   <li>Else it is a model that has scored images of the workspace: the first digits of its hash,
 *       or the name of its directory.
 * </ol>
 *
 * @param text what the person wrote
 */
public record ModelReference(String text) {
  /** What help shows in place of the value. */
  public static final String LABEL = "MODEL";

  /** Help of an option that takes a model; what the model is for stands before it. */
  public static final String HELP =
      "NAME of a model of the workspace, NAME@RUN for one of its versions, the URI of a Hugging"
          + " Face model directory, or the first digits of the hash of a model with predictions.";

  /** Checks that it is not blank. */
  public ModelReference {
    if (text.isBlank()) {
      throw new UserException("the name of a model is empty; give " + HELP);
    }
  }

  /**
   * Finds the directory of the model.
   *
   * @return its URI; of a named model that of its current version
   * @throws UserException when there is no such model, or several fit
   */
  public String location(Workspace workspace) {
    return isPlaced(workspace)
        ? workspace.modelAt(text)
        : amongScored(workspace, ScoredModel.readAll(workspace)).location();
  }

  /**
   * Makes it go on meaning the version which is current now.
   *
   * @return {@code NAME@RUN} for a model of the workspace, else a URI
   * @throws UserException as {@link #location}
   */
  public String pinned(Workspace workspace) {
    return workspace.pinned(isPlaced(workspace) ? text : location(workspace));
  }

  /**
   * Finds the model among those that have scored images.
   *
   * @throws UserException when it has scored none, there is no such model, or several fit
   */
  public ScoredModel scored(Workspace workspace) {
    List<ScoredModel> models = ScoredModel.readAll(workspace);
    if (!isPlaced(workspace)) {
      return amongScored(workspace, models);
    }
    String location = workspace.qualified(place(workspace));
    return models.stream()
        .filter(model -> workspace.qualified(model.location()).equals(location))
        .reduce((earlier, later) -> later)
        .orElseThrow(
            () ->
                new UserException(
                    "model '"
                        + text
                        + "' has no predictions in "
                        + workspace.uri()
                        + "; run 'spark-vit score --model "
                        + text
                        + "', or name one that has: "
                        + models));
  }

  /**
   * Checks that the files of the model are still those that the text means. A directory outside the
   * workspace can have another model in it than the one whose hash was given.
   *
   * @param hash of the files
   * @throws UserException when they are of another model
   */
  public void requireHash(Workspace workspace, String hash) {
    if (isPlaced(workspace)) {
      return;
    }
    ScoredModel meant = amongScored(workspace, ScoredModel.readAll(workspace));
    if (!meant.hash().equals(hash)) {
      throw new UserException(
          "model '"
              + text
              + "' was in "
              + meant.location()
              + ", where another one is now, with the hash "
              + hash
              + "; put it back, or name the one that is there by its URI");
    }
  }

  /** Whether the text says by itself where the model is. */
  private boolean isPlaced(Workspace workspace) {
    return !OutputName.isName(text) || workspace.models().contains(text);
  }

  /** A version that has been deleted since it scored can still be meant. */
  private String place(Workspace workspace) {
    ModelName name = ModelName.of(text);
    return name.version().isPresent() && OutputName.isName(name.name())
        ? workspace.modelVersions(name.name()).place(name.version().get()).toString()
        : workspace.modelAt(text);
  }

  private ScoredModel amongScored(Workspace workspace, List<ScoredModel> models) {
    List<ScoredModel> found = matches(models);
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.isEmpty()) {
      throw new UserException(
          "there is no model '"
              + text
              + "' in "
              + workspace.uri()
              + ", which has "
              + workspace.models()
              + " and predictions of "
              + models
              + "; name one of them, or the URI of a model directory, such as ./"
              + text);
    }
    throw new UserException(
        "'"
            + text
            + "' can mean "
            + found.size()
            + " models that have predictions: "
            + found
            + "; give NAME@RUN, a URI, or more digits of a hash");
  }

  private List<ScoredModel> matches(List<ScoredModel> models) {
    Optional<ScoredModel> exact =
        models.stream().filter(model -> model.hash().equals(text)).findFirst();
    return exact
        .map(List::of)
        .orElseGet(
            () ->
                models.stream()
                    .filter(
                        model -> model.hash().startsWith(text) || model.name().name().equals(text))
                    .toList());
  }
}
