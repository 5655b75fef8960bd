package org.sparkvit.tracking;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.sparkvit.core.UserException;

/**
 * A tracking server and the way in.
 *
 * @param uri the address, without a slash at the end
 * @param authorization the value of the header {@code Authorization}, if there are credentials
 * @param experiment the name of the experiment
 */
record MlflowServer(URI uri, Optional<String> authorization, String experiment) {
  static final String URI_VARIABLE = "MLFLOW_TRACKING_URI";
  static final String USER_VARIABLE = "MLFLOW_TRACKING_USERNAME";
  static final String PASSWORD_VARIABLE = "MLFLOW_TRACKING_PASSWORD";
  static final String TOKEN_VARIABLE = "MLFLOW_TRACKING_TOKEN";
  static final String EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME";

  private static final String EXPERIMENT = "spark-vit";

  /**
   * Finds the server that options and environment name. An option wins over its variable. Of the
   * credentials user and password win over the token, as in MLflow's own client.
   *
   * @param environment the variables of the environment, which are also set for other programs
   * @param warn receives the reason why the server of the environment is not used
   * @throws UserException when the option names no server
   */
  static Optional<MlflowServer> find(
      MlflowOptions options, Map<String, String> environment, Consumer<String> warn) {
    Optional<String> given = options.uri();
    if (given.isPresent()) {
      return given
          .filter(text -> !text.equals(MlflowOptions.OFF))
          .map(text -> MlflowOptions.address("--" + MlflowOptions.URI_OPTION, text))
          .map(uri -> at(uri, options, environment));
    }
    Optional<String> variable = variable(environment, URI_VARIABLE);
    try {
      return variable
          .map(text -> MlflowOptions.address(URI_VARIABLE, text))
          .map(uri -> at(uri, options, environment));
    } catch (UserException e) {
      // A platform sets it for Python, which has servers that are files, or databricks.
      warn.accept("nothing is logged to MLflow: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static MlflowServer at(URI uri, MlflowOptions options, Map<String, String> environment) {
    return new MlflowServer(
        uri,
        authorization(environment),
        options
            .experiment()
            .or(() -> variable(environment, EXPERIMENT_VARIABLE))
            .orElse(EXPERIMENT));
  }

  private static Optional<String> authorization(Map<String, String> environment) {
    Optional<String> user = variable(environment, USER_VARIABLE);
    Optional<String> password = variable(environment, PASSWORD_VARIABLE);
    if (user.isPresent() && password.isPresent()) {
      byte[] both = (user.get() + ":" + password.get()).getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
    }
    return variable(environment, TOKEN_VARIABLE).map(token -> "Bearer " + token);
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(t -> !t.isEmpty());
  }

  /** Returns the server without its credentials. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
