package org.sparkvit.dataset.query;

import java.util.List;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.ModelName;
import org.sparkvit.dataset.workspace.OutputName;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * A person's name for a model, as given to {@code --model} and every other option that takes a
 * model. It means the same in all commands. It is looked up in this order:
 *
 * <ol>
 *   <li>{@code NAME@RUN} is a version of a model of the workspace.
 *   <li>{@code NAME} is a model of the workspace, in the version that is current now.
 *   <li>A text with a slash or a colon is the URI of a model directory.
 *   <li>Any other text means a model that has scored images of the workspace. It is the first
 *       digits of the model's hash, or the name of its directory.
 * </ol>
 *
 * @param text the text that the person wrote
 */
public record ModelReference(String text) {
  /** The placeholder of the value in the help. */
  public static final String LABEL = "MODEL";

  /** The help of an option that takes a model. It follows words on what the model is for. */
  public static final String HELP =
      "NAME of a model of the workspace, NAME@RUN for one of its versions, the URI of a Hugging"
          + " Face model directory, or the first digits of the hash of a model with predictions.";

  /** Checks that the text is not blank. */
  public ModelReference {
    if (text.isBlank()) {
      throw new UserException("the name of a model is empty; give " + HELP);
    }
  }

  /**
   * Finds the directory of the model.
   *
   * @return the URI of the directory; for the name of a model it is that of the current version
   * @throws UserException when there is no such model, or several match
   */
  public String location(Workspace workspace) {
    return isPlaced(workspace)
        ? workspace.modelAt(text)
        : amongScored(workspace, ScoredModel.readAll(workspace)).location();
  }

  /**
   * Returns a text that keeps meaning the version which is current now.
   *
   * @return {@code NAME@RUN} for a model of the workspace, else a URI
   * @throws UserException as {@link #location} does
   */
  public String pinned(Workspace workspace) {
    return workspace.pinned(isPlaced(workspace) ? text : location(workspace));
  }

  /**
   * Finds the model among those that have scored images.
   *
   * @throws UserException when there is no such model, several match, or it has scored no images
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
   * Checks that the directory of the model still holds the model that the text means. A directory
   * outside the workspace may hold another model than the one whose hash was given.
   *
   * @param hash the hash of the files that are there
   * @throws UserException when they are another model's
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

  /** Returns whether the text by itself says where the model is. */
  private boolean isPlaced(Workspace workspace) {
    return !OutputName.isName(text) || workspace.models().contains(text);
  }

  /**
   * Returns where the model is, or was. A version that was deleted after it scored can still be
   * meant.
   */
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
