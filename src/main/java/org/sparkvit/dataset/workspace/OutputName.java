package org.sparkvit.dataset.workspace;

import java.util.regex.Pattern;
import org.sparkvit.core.UserException;

/** Checks the name of a model, a study or a report, which is the name of its folder. */
public final class OutputName {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");

  /** Matches the name of a run, after which a table's parts are named. */
  private static final Pattern RUN = Pattern.compile("\\d{8}T\\d{9}Z-.*");

  private OutputName() {}

  /** Returns whether a text can be the name of a folder. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * Checks the option {@code --name}, before Spark starts.
   *
   * @throws UserException when the text cannot be the name of a folder everywhere, or means
   *     something else in a workspace
   */
  public static void require(String name) {
    UserException.require(
        isName(name),
        "--name",
        name,
        "up to 100 letters, digits, '.', '_' and '-', not starting with a dot or dash");
    UserException.require(
        !RUN.matcher(name).matches(),
        "--name",
        name,
        "another name: names of this form belong to runs");
    UserException.require(
        !Workspace.FOLDERS.contains(name),
        "--name",
        name,
        "another name: this one belongs to a folder of the workspace");
  }
}
