package org.sparkvit.tracking;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.sparkvit.core.Urls;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;

/**
 * Options of the commands that log to MLflow. Credentials are no options. They come from the
 * environment.
 *
 * @param uri the address of the tracking server, {@link #OFF}, or empty for that of the environment
 * @param experiment the name of the experiment, or empty for that of the environment
 */
public record MlflowOptions(
    @Option(
            name = MlflowOptions.URI_OPTION,
            label = "URL",
            help =
                "Log to this MLflow tracking server, http(s)://HOST[:PORT][/PATH]. It wins over"
                    + " MLFLOW_TRACKING_URI; with neither, or with 'off', nothing is logged."
                    + " Credentials come from MLFLOW_TRACKING_USERNAME and"
                    + " MLFLOW_TRACKING_PASSWORD, else from MLFLOW_TRACKING_TOKEN.")
        Optional<String> uri,
    @Option(
            name = MlflowOptions.EXPERIMENT_OPTION,
            label = "NAME",
            advanced = true,
            help =
                "MLflow's experiment, made where there is none. It wins over"
                    + " MLFLOW_EXPERIMENT_NAME; with neither it is spark-vit. On Databricks it is a"
                    + " path, such as /Shared/spark-vit.")
        Optional<String> experiment) {
  static final String URI_OPTION = "mlflow-uri";
  static final String EXPERIMENT_OPTION = "mlflow-experiment";

  /** The value of the option that logs nowhere, whatever the environment says. */
  static final String OFF = "off";

  /** Logs where the environment says so. */
  public static final MlflowOptions DEFAULT = new MlflowOptions(Optional.empty(), Optional.empty());

  /** Checks the address. */
  public MlflowOptions {
    uri.filter(text -> !text.equals(OFF)).ifPresent(text -> address("--" + URI_OPTION, text));
    experiment.ifPresent(
        name ->
            UserException.require(
                !name.isBlank(), "--" + EXPERIMENT_OPTION, name, "the name of an experiment"));
  }

  /**
   * Reads the address of a server.
   *
   * @param source where the address comes from, for the message
   * @throws UserException when it is no address of a server that speaks HTTP, or has credentials in
   *     it; the message has no secret
   */
  static URI address(String source, String text) {
    String shown = source + " is '" + Urls.withoutSecrets(text) + "'; ";
    String scheme = text.replaceFirst("(?s):.*", "").toLowerCase(Locale.ROOT);
    if (scheme.equals("databricks") || scheme.equals("databricks-uc")) {
      throw new UserException(
          shown
              + "profiles of Databricks are not read: set https://WORKSPACE-HOST, and its token in"
              + " MLFLOW_TRACKING_TOKEN");
    }
    URI uri =
        parse(text)
            .filter(parsed -> scheme.equals("http") || scheme.equals("https"))
            .filter(parsed -> parsed.getHost() != null)
            .orElseThrow(
                () ->
                    new UserException(
                        shown
                            + "use http(s)://HOST[:PORT][/PATH]; files and databases are not"
                            + " written to"));
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new UserException(
          shown
              + "leave user, password and query out of it; set MLFLOW_TRACKING_USERNAME and"
              + " MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN");
    }
    return uri;
  }

  /** Returns a text as an address, or empty where it is none. The reason may have secrets in it. */
  private static Optional<URI> parse(String text) {
    try {
      return Optional.of(URI.create(text.strip().replaceFirst("/+$", "")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
