package org.sparkvit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;
import org.sparkvit.core.UserException;

/**
 * Compares the Spark and the Scala that this jar was built for with those that it runs on. A jar of
 * another Scala fails in Spark's own threads, and what a person sees then says nothing of the
 * reason.
 */
final class PlatformCheck {
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
