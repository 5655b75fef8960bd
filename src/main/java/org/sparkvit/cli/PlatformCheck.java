package org.sparkvit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.util.VersionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkvit.core.UserException;

/**
 * Compares the Spark and the Scala that this jar was built for with those that it runs on. A jar of
 * another Scala fails in Spark's own threads, and what a person sees then says nothing of the
 * reason.
 */
final class PlatformCheck {
  private static final Logger LOG = LoggerFactory.getLogger(PlatformCheck.class);
  private static final String SPARK = "spark";
  private static final String SCALA = "scala";

  private PlatformCheck() {}

  /**
   * Checks the platform of this process.
   *
   * @throws UserException when this jar cannot run on it; the message names the one to take
   */
  static void require() {
    Properties built = read("build.properties");
    Properties spark = read("/spark-version-info.properties");
    Properties scala = read("/library.properties");
    problem(
            built.getProperty(SPARK),
            built.getProperty(SCALA),
            built.getProperty("version"),
            spark.getProperty("version", ""),
            scala.getProperty("version.number", ""))
        .ifPresent(
            text -> {
              throw new UserException(text);
            });
  }

  /**
   * Checks that Hadoop can ask this Java for the user, which is the first thing that a session
   * does. Java 24 took away what Hadoop asked by, and newer Hadoops ask otherwise.
   *
   * @throws UserException when it cannot; the message names the remedy
   */
  static void requireJava() {
    requireJava(UserGroupInformation::getCurrentUser);
  }

  /** Does the same with a question that a test gives. */
  static void requireJava(Callable<?> user) {
    try {
      user.call();
    } catch (UnsupportedOperationException e) {
      throw new UserException(
          "Java "
              + Runtime.version().feature()
              + " is too new for the Hadoop "
              + VersionInfo.getVersion()
              + " here ("
              + e.getMessage()
              + "); set JAVA_HOME to Java 17, on a cluster also for executors"
              + " (spark.executorEnv.JAVA_HOME)",
          e);
    } catch (Exception otherwise) {
      // Not a question of Java: the session meets it again and says more.
      LOG.debug("the user could not be asked for", otherwise);
    }
  }

  /**
   * Says why a jar cannot run.
   *
   * @param builtSpark version of Spark that the jar was built for, such as 3.5
   * @param builtScala version of Scala that the jar was built for, such as 2.12
   * @param version version of the jar
   * @param spark version of Spark here, or empty where it does not say
   * @param scala version of Scala here, or empty where it does not say
   * @return one sentence with the remedy, or nothing where the jar can run
   */
  static Optional<String> problem(
      String builtSpark, String builtScala, String version, String spark, String scala) {
    boolean sparkFits = spark.isEmpty() || fits(builtSpark, spark);
    boolean scalaFits = scala.isEmpty() || binary(scala).equals(builtScala);
    if (sparkFits && scalaFits) {
      return Optional.empty();
    }
    return Optional.of(
        "this jar is for Spark "
            + builtSpark
            + " with Scala "
            + builtScala
            + ", but here is Spark "
            + (spark.isEmpty() ? "(unknown)" : spark)
            + " with Scala "
            + (scala.isEmpty() ? "(unknown)" : scala)
            + "; "
            + remedy(version, spark, scala));
  }

  private static String remedy(String version, String spark, String scala) {
    if (spark.startsWith("3.5.") && binary(scala).equals("2.12")) {
      return "take " + jar(version, "3.5", "2.12");
    }
    if (spark.startsWith("4.") && binary(scala).equals("2.13")) {
      return "take " + jar(version, "4.0", "2.13");
    }
    return "there are jars for Spark 3.5 with Scala 2.12 ("
        + jar(version, "3.5", "2.12")
        + ") and for Spark 4 with Scala 2.13 ("
        + jar(version, "4.0", "2.13")
        + "); choose a platform that has one of these";
  }

  private static String jar(String version, String spark, String scala) {
    return "spark-vit-" + version + "-spark" + spark + "_" + scala + "-cluster.jar";
  }

  /** A jar for 3.5 runs on 3.5 alone; one for 4.0 on every later 4. */
  private static boolean fits(String built, String here) {
    return built.startsWith("3.")
        ? here.startsWith(built + ".")
        : here.startsWith(built.substring(0, built.indexOf('.') + 1));
  }

  private static String binary(String version) {
    int first = version.indexOf('.');
    int second = version.indexOf('.', first + 1);
    return second < 0 ? version : version.substring(0, second);
  }

  private static Properties read(String resource) {
    Properties properties = new Properties();
    try (InputStream in = PlatformCheck.class.getResourceAsStream(resource)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + resource, e);
    }
    return properties;
  }
}
