package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.options.Options;
import org.sparkvit.pipeline.run.Pipeline;
import org.sparkvit.pipeline.run.RunOptions;
import org.yaml.snakeyaml.Yaml;

/** The files in deploy/ are well-formed, and the command lines in them are ones we have. */
class DeployFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DEPLOY = Path.of("deploy");

  @ParameterizedTest
  @ValueSource(strings = {"steps.json", "nightly-steps.json"})
  void emrStepsRunCommandsThatExist(String name) throws IOException {
    JsonNode steps = JSON.readTree(DEPLOY.resolve("emr").resolve(name).toFile());
    assertThat(steps).isNotEmpty();
    for (JsonNode step : steps) {
      assertThat(step.path("Type").asText()).isEqualTo("CUSTOM_JAR");
      assertThat(step.path("Jar").asText()).isEqualTo("command-runner.jar");
      List<String> arguments = new ArrayList<>();
      step.path("Args").forEach(node -> arguments.add(node.asText()));
      assertThat(arguments).startsWith("spark-submit").contains(Main.class.getName());
      int jar = arguments.indexOf("s3://YOUR-WORKSPACE/jars/spark-vit.jar");
      assertParses(arguments.subList(jar + 1, arguments.size()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"configurations.json", "configurations-gpu.json"})
  void emrConfigurationsAreClassificationsOfStrings(String name) throws IOException {
    JsonNode configurations = JSON.readTree(DEPLOY.resolve("emr").resolve(name).toFile());
    assertThat(configurations).isNotEmpty();
    configurations.forEach(DeployFilesTest::assertClassification);
  }

  private static void assertClassification(JsonNode node) {
    assertThat(node.path("Classification").asText()).isNotBlank();
    assertThat(node.path("Properties").isObject()).isTrue();
    node.path("Properties").forEach(value -> assertThat(value.isTextual()).isTrue());
    node.path("Configurations").forEach(DeployFilesTest::assertClassification);
  }

  @Test
  void databricksTasksRunCommandsThatExist() throws IOException {
    Map<?, ?> bundle =
        new Yaml().load(Files.readString(DEPLOY.resolve("databricks/databricks.yml")));
    Map<?, ?> jobs = (Map<?, ?>) ((Map<?, ?>) bundle.get("resources")).get("jobs");
    assertThat(jobs.keySet().stream().map(Object::toString))
        .containsExactly("spark_vit", "spark_vit_nightly");
    for (Object job : jobs.values()) {
      for (Object entry : (List<?>) ((Map<?, ?>) job).get("tasks")) {
        Map<?, ?> jar = (Map<?, ?>) ((Map<?, ?>) entry).get("spark_jar_task");
        assertThat(jar.get("main_class_name")).isEqualTo(Main.class.getName());
        assertParses(((List<?>) jar.get("parameters")).stream().map(Object::toString).toList());
      }
    }
  }

  /** The pipelines that come with the program name steps and options that there are. */
  @ParameterizedTest
  @ValueSource(strings = {"look", "train", "nightly"})
  void pipelinesNameStepsAndOptionsThatExist(String name) throws IOException {
    String file = "conf/pipelines/" + name + ".yaml";
    List<String> variables = new ArrayList<>(List.of("input=in"));
    if (name.equals("look")) {
      variables.add("model=m");
    } else if (name.equals("train")) {
      variables.add("from=m");
    }
    RunOptions options =
        Options.read(
            RunOptions.class,
            Map.of("file", List.of(file), "workspace", List.of("w"), "set", variables));
    assertThat(Pipeline.check(options, Files.readString(Path.of(file)), Stages.ALL).lines())
        .hasSizeGreaterThan(3)
        .last()
        .asString()
        .startsWith("spark-vit report");
  }

  @Test
  void s3PolicyAllowsNoMoreThanNamedBuckets() throws IOException {
    JsonNode policy = JSON.readTree(DEPLOY.resolve("s3-policy.json").toFile());
    assertThat(policy.path("Version").asText()).isEqualTo("2012-10-17");
    for (JsonNode statement : policy.path("Statement")) {
      assertThat(statement.path("Resource").asText()).startsWith("arn:aws:s3:::YOUR-");
      statement.path("Action").forEach(action -> assertThat(action.asText()).doesNotContain("*"));
    }
  }

  private static void assertParses(List<String> arguments) {
    assertThatCode(() -> Main.commandLine().parseArgs(arguments.toArray(new String[0])))
        .as(arguments.toString())
        .doesNotThrowAnyException();
  }
}
