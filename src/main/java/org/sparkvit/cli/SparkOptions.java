package org.sparkvit.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import picocli.CommandLine.Option;

/** Provides the Spark session of a command: the platform's where there is one, else a local one. */
final class SparkOptions {
  /**
   * The variable that says how long a thread of PyTorch's OpenMP (libgomp) spins before it sleeps.
   * By default the thread keeps a core busy that another process has work for. Training beside such
   * a process is then 5 to 13 times slower.
   */
  private static final String SPIN_COUNT = "GOMP_SPINCOUNT";

  /** Spark's prefix of settings that become environment variables of executors. */
  private static final String EXECUTOR_ENV = "spark.executorEnv.";

  private static final String SHORT_SPIN = "2000";

  /**
   * Whether Spark 4 hands files to the executors for the jobs of one session only. A model's file
   * is the application's, and tasks of a session's jobs would not be given it.
   */
  private static final String FILES_BY_SESSION = "spark.sql.artifact.isolation.enabled";

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "Spark master, where spark-submit or the platform has not set one. Default: local[*].")
  private String master;

  @Option(
      names = "--spark",
      paramLabel = "KEY=VALUE",
      description = "One Spark setting; may be given several times.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--spark-properties",
      paramLabel = "FILE",
      description = "Spark settings from a file, as spark-submit's --properties-file.")
  private Path propertiesFile;

  /**
   * Runs {@code stage} on a session. The session is stopped afterwards only if it was created here.
   *
   * @param progress whether to print how far Spark's work is
   */
  void run(String name, Consumer<SparkSession> stage, boolean progress) {
    boolean ours = SparkEnv.get() == null;
    PlatformCheck.requireJava();
    SparkSession.Builder builder = SparkSession.builder().appName("spark-vit " + name);
    if (ours && System.getProperty(EXECUTOR_ENV + SPIN_COUNT) == null) {
      builder.config(EXECUTOR_ENV + SPIN_COUNT, SHORT_SPIN);
    }
    builder.config(FILES_BY_SESSION, "false");
    fromFile().forEach(builder::config);
    settings.forEach(builder::config);
    if (master != null) {
      builder.master(master);
    } else if (ours && System.getProperty("spark.master") == null) {
      builder.master("local[*]");
    }
    SparkSession session = builder.getOrCreate();
    ProgressListener listener = new ProgressListener(name);
    if (progress) {
      session.sparkContext().addSparkListener(listener);
    }
    try {
      stage.accept(session);
    } finally {
      session.sparkContext().removeSparkListener(listener);
      if (ours) {
        session.stop();
      }
    }
  }

  private Map<String, String> fromFile() {
    Map<String, String> values = new LinkedHashMap<>();
    if (propertiesFile != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(propertiesFile)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new UserException(
            "--spark-properties file '" + propertiesFile + "' cannot be read: " + e.getMessage(),
            e);
      }
      properties
          .stringPropertyNames()
          .forEach(key -> values.put(key, properties.getProperty(key).strip()));
    }
    return values;
  }
}
