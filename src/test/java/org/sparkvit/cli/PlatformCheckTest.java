package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.UserException;

class PlatformCheckTest {
  private static Optional<String> problem(
      String builtSpark, String builtScala, String spark, String scala) {
    return PlatformCheck.problem(
        builtSpark, builtScala, "1.2", spark == null ? "" : spark, scala == null ? "" : scala);
  }

  @ParameterizedTest
  @CsvSource({
    "3.5,2.12,3.5.0,2.12.18",
    "3.5,2.12,3.5.6-amzn-1,2.12.18",
    "4.0,2.13,4.0.1,2.13.16",
    "4.0,2.13,4.2.0,2.13.17",
    "4.0,2.13,,2.13.16",
    "3.5,2.12,,"
  })
  void platformsThatFit(String builtSpark, String builtScala, String spark, String scala) {
    assertThat(problem(builtSpark, builtScala, spark, scala)).isEmpty();
  }

  @Test
  void otherPlatformsNameTheJarToTake() {
    assertThat(problem("3.5", "2.12", "4.0.1", "2.13.16"))
        .hasValue(
            "this jar is for Spark 3.5 with Scala 2.12, but here is Spark 4.0.1 with Scala 2.13.16;"
                + " take spark-vit-1.2-spark4.0_2.13-cluster.jar");
    assertThat(problem("4.0", "2.13", "3.5.7", "2.12.18"))
        .hasValue(
            "this jar is for Spark 4.0 with Scala 2.13, but here is Spark 3.5.7 with Scala 2.12.18;"
                + " take spark-vit-1.2-spark3.5_2.12-cluster.jar");
  }

  @ParameterizedTest
  @CsvSource({
    "3.5,2.12,3.5.2,2.13.8",
    "3.5,2.12,3.4.1,2.12.17",
    "3.5,2.12,3.50.1,2.12.17",
    "4.0,2.13,5.0.0,2.13.17",
    "4.0,2.13,40.1.0,2.13.17",
    "3.5,2.12,,2.13.16"
  })
  void whereNoneFitsBothAreNamed(String builtSpark, String builtScala, String spark, String scala) {
    assertThat(problem(builtSpark, builtScala, spark, scala).orElseThrow())
        .contains(
            "spark-vit-1.2-spark3.5_2.12-cluster.jar", "spark-vit-1.2-spark4.0_2.13-cluster.jar");
  }

  @Test
  void aJavaThatIsTooNewForHadoopIsNamed() {
    assertThatThrownBy(
            () ->
                PlatformCheck.requireJava(
                    () -> {
                      throw new UnsupportedOperationException("getSubject is not supported");
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Java " + Runtime.version().feature() + " is too new for the Hadoop ")
        .hasMessageContaining("(getSubject is not supported); set JAVA_HOME to Java 17");
    assertThatCode(
            () ->
                PlatformCheck.requireJava(
                    () -> {
                      throw new IOException("no such user");
                    }))
        .doesNotThrowAnyException();
    assertThatCode(PlatformCheck::requireJava).doesNotThrowAnyException();
  }

  @Test
  void thisBuildFitsWhereItsTestsRun() {
    assertThatCode(PlatformCheck::require).doesNotThrowAnyException();
  }
}
