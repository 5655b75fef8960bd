package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.cli.DeployFiles.CommandLineInFile;
import org.sparkvit.core.options.Options;
import org.sparkvit.pipeline.run.Pipeline;
import org.sparkvit.pipeline.run.RunOptions;

/** The files in deploy/ are well-formed, agree with one another, and name commands that we have. */
class DeployFilesTest {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\b(?:YOUR|OTHER)-[A-Z-]*[A-Z]");
  private static final Pattern JAR = Pattern.compile("spark-vit-[^/\\s\"`]*\\.jar|spark-vit\\.jar");
  private static final String MAIN = Main.class.getName();

  static Stream<CommandLineInFile> commandLines() {
    return DeployFiles.commandLines().stream();
  }

  @ParameterizedTest
  @MethodSource("commandLines")
  void commandLinesAreOnesThatWeHave(CommandLineInFile line) {
    assertThatCode(() -> Main.commandLine().parseArgs(line.arguments().toArray(new String[0])))
        .doesNotThrowAnyException();
  }

  /** Runs of pipelines give the variables that the files of conf/pipelines have. */
  @ParameterizedTest
  @MethodSource("commandLines")
  void runsGiveTheVariablesOfTheirPipeline(CommandLineInFile line) {
    if (!line.arguments().get(0).equals("run")) {
      return;
    }
    Map<String, List<String>> given = DeployFiles.optionsOfRun(line.arguments());
    RunOptions options = Options.read(RunOptions.class, given);
    Path file = Path.of("conf/pipelines", Path.of(options.file()).getFileName().toString());
    assertThat(Pipeline.check(options, DeployFiles.text(file), Stages.ALL).lines()).isNotEmpty();
  }

  /** None is overlooked: whatever names the program's class has its arguments in the list. */
  @Test
  void everyCommandLineIsLookedAt() {
    Map<Path, Integer> looked = new TreeMap<>();
    DeployFiles.commandLines().forEach(line -> looked.merge(line.file(), 1, Integer::sum));
    Map<Path, Integer> named = new TreeMap<>();
    for (Path file : DeployFiles.all()) {
      int times = DeployFiles.text(file).split(Pattern.quote(MAIN), -1).length - 1;
      if (times > 0 && !file.toString().endsWith(".md")) {
        named.put(file, times);
      }
    }
    assertThat(looked).containsAllEntriesOf(named);
    assertThat(named)
        .containsOnlyKeys(
            Stream.of(
                    "databricks/databricks.yml",
                    "emr/eks/job-run.yaml",
                    "emr/nightly-steps.json",
                    "emr/serverless/job-run.yaml",
                    "emr/serverless/state-machine.json",
                    "emr/state-machine.json",
                    "emr/steps.json")
                .map(DeployFiles.FOLDER::resolve)
                .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"emr/steps.json", "emr/nightly-steps.json"})
  void emrStepsSubmitTheJar(String name) {
    JsonNode steps = DeployFiles.tree(name);
    assertThat(steps).isNotEmpty();
    for (JsonNode step : steps) {
      assertThat(step.path("Type").asText()).isEqualTo("CUSTOM_JAR");
      assertThat(step.path("Jar").asText()).isEqualTo("command-runner.jar");
      assertThat(DeployFiles.texts(step.path("Args")))
          .startsWith("spark-submit", "--deploy-mode", "cluster", "--class", MAIN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"emr/configurations.json", "emr/configurations-gpu.json"})
  void emrConfigurationsAreClassificationsOfStrings(String name) {
    JsonNode configurations = DeployFiles.tree(name);
    assertThat(configurations).isNotEmpty();
    configurations.forEach(DeployFilesTest::assertClassification);
  }

  private static void assertClassification(JsonNode node) {
    assertThat(node.path("Classification").asText()).isNotBlank();
    assertThat(node.path("Properties").isObject()).isTrue();
    node.path("Properties").forEach(value -> assertThat(value.isTextual()).isTrue());
    node.path("Configurations").forEach(DeployFilesTest::assertClassification);
  }

  /** A cluster with these configurations, and one that takes conf/, run alike. */
  @Test
  void settingsOfEmrAreTheSameEverywhere() {
    Map<String, String> cluster =
        DeployFiles.sparkDefaults(DeployFiles.tree("emr/configurations.json"));
    assertThat(DeployFiles.properties("conf/spark-emr.properties")).isEqualTo(cluster);
    assertThat(DeployFiles.sparkDefaults(DeployFiles.tree("emr/configurations-gpu.json")))
        .containsAllEntriesOf(cluster);
    assertThat(cluster)
        .containsEntry("spark.sql.adaptive.enabled", "true")
        .containsKey("spark.sql.shuffle.partitions");

    JsonNode serverless = DeployFiles.tree("emr/serverless/job-run.yaml");
    JsonNode eks = DeployFiles.tree("emr/eks/job-run.yaml");
    for (JsonNode run : List.of(serverless, eks)) {
      Map<String, String> settings = runSettings(run);
      for (String same :
          List.of(
              "spark.driver.extraJavaOptions",
              "spark.executor.extraJavaOptions",
              "spark.executorEnv.GOMP_SPINCOUNT",
              "spark.executorEnv.LC_ALL",
              "spark.executor.memoryOverhead",
              "spark.driver.maxResultSize",
              "spark.hadoop.fs.s3a.connection.maximum",
              "spark.sql.adaptive.enabled",
              "spark.sql.session.timeZone")) {
        assertThat(settings).containsEntry(same, cluster.get(same));
      }
      // What an executor has in its environment, the driver has, too, whatever the platform calls
      // it.
      settings.forEach(
          (key, value) -> {
            if (key.startsWith("spark.executorEnv.")) {
              String name = key.substring("spark.executorEnv.".length());
              assertThat(settings)
                  .satisfiesAnyOf(
                      driver ->
                          assertThat(driver)
                              .containsEntry("spark.emr-serverless.driverEnv." + name, value),
                      driver ->
                          assertThat(driver)
                              .containsEntry("spark.kubernetes.driverEnv." + name, value));
            }
          });
    }
  }

  private static Map<String, String> runSettings(JsonNode run) {
    return DeployFiles.sparkDefaults(
        run.path("configurationOverrides").path("applicationConfiguration"));
  }

  /** Tasks that share a GPU are as many as the cores that run them. */
  @Test
  void tasksShareTheGpuOfTheirExecutor() {
    Map<String, String> gpu =
        DeployFiles.sparkDefaults(DeployFiles.tree("emr/configurations-gpu.json"));
    int cores = Integer.parseInt(gpu.get("spark.executor.cores"));
    double share = Double.parseDouble(gpu.get("spark.task.resource.gpu.amount"));
    assertThat((int) Math.floor(1 / share)).isEqualTo(cores);
  }

  /** The version and the flavour that the files name for GPUs have their library in the jar. */
  @Test
  void librariesForEveryProcessorAreInTheJar() throws IOException {
    Pattern setting = Pattern.compile("PYTORCH_(VERSION|FLAVOR)\"?[=:] ?\"?([\\w.]+)");
    Set<String> versions = new TreeSet<>();
    Set<String> flavors = new TreeSet<>();
    for (Path file : DeployFiles.all()) {
      Matcher matcher = setting.matcher(DeployFiles.text(file));
      while (matcher.find()) {
        (matcher.group(1).equals("VERSION") ? versions : flavors).add(matcher.group(2));
      }
    }
    assertThat(versions).hasSize(1);
    assertThat(flavors).hasSize(1);
    String version = versions.iterator().next();
    Properties built = new Properties();
    try (InputStream in = getClass().getResourceAsStream("/jnilib/pytorch.properties")) {
      built.load(in);
    }
    assertThat(built.getProperty("jni_version")).startsWith(version + "-");
    String flavor = flavors.iterator().next();
    assertThat(getClass().getResource("/jnilib/linux-x86_64/" + flavor + "/libdjl_torch.so"))
        .isNotNull();
    assertThat(getClass().getResource("/jnilib/linux-aarch64/cpu/libdjl_torch.so")).isNotNull();
    assertThat(DeployFiles.text(DeployFiles.FOLDER.resolve("gpu/install-libtorch.sh")))
        .contains("VERSION = \"" + version + "+" + flavor + "\"");
    assertThat(DeployFiles.text(Path.of("pom.xml")))
        .contains("<pytorch.version>" + version + "<")
        .contains("<classifier>${pytorch.platform}<");
  }

  @Test
  void jarsHaveTheNamesOfTheBuild() {
    List<Path> files = new ArrayList<>(DeployFiles.all());
    files.add(Path.of("src/site/markdown/deployment.md"));
    Pattern name =
        Pattern.compile(
            "spark-vit-(?:\\Q"
                + DeployFiles.version()
                + "\\E|VERSION)-spark(?:3\\.5_2\\.12|4\\.0_2\\.13)-cluster(?:-aarch64)?\\.jar");
    Set<String> builds = new TreeSet<>();
    for (Path file : files) {
      Matcher matcher = JAR.matcher(DeployFiles.text(file));
      while (matcher.find()) {
        assertThat(matcher.group()).as(file.toString()).matches(name);
        builds.add(matcher.group().replaceAll(".*-(spark[\\d._]+)-.*", "$1"));
      }
    }
    assertThat(builds).containsExactly("spark3.5_2.12", "spark4.0_2.13");
  }

  /** Platforms have committers and read policies of their own, which no file changes. */
  @Test
  void committersAndReadPoliciesAreLeftAlone() {
    List<Path> files =
        new ArrayList<>(DeployFiles.all(".json", ".yaml", ".yml", ".py", ".sh", "Dockerfile"));
    files.add(Path.of("conf/spark-emr.properties"));
    files.add(Path.of("conf/spark-databricks.properties"));
    for (Path file : files) {
      assertThat(DeployFiles.text(file))
          .as(file.toString())
          .doesNotContainIgnoringCase("committer")
          .doesNotContain("commitProtocolClass")
          .doesNotContain("fadvise");
    }
  }

  /**
   * A file says in its head what is to be replaced in it. JSON has no comments, but for the one of
   * a state machine; there the README of the folder says it.
   */
  @Test
  void filesSayWhatToReplace() {
    for (Path file : DeployFiles.all()) {
      String text = DeployFiles.text(file);
      if (file.toString().endsWith(".md") || !PLACEHOLDER.matcher(text).find()) {
        continue;
      }
      String head;
      if (file.endsWith("state-machine.json")) {
        head = DeployFiles.tree(file).path("Comment").asText();
      } else if (file.toString().endsWith(".json")) {
        Path readme = file.resolveSibling("README.md");
        assertThat(DeployFiles.text(readme)).contains("`" + file.getFileName() + "`");
        head = DeployFiles.text(readme);
      } else {
        head = head(text);
      }
      assertThat(placeholders(head)).as(file.toString()).containsAll(placeholders(text));
    }
  }

  private static Set<String> placeholders(String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = PLACEHOLDER.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  private static String head(String text) {
    if (text.startsWith("\"\"\"")) {
      return text.substring(0, text.indexOf("\"\"\"", 3));
    }
    return text.lines().takeWhile(line -> line.startsWith("#")).collect(Collectors.joining("\n"));
  }

  /** Scripts, requests, images and the bundle say in their head what to change, if only nothing. */
  @Test
  void filesHaveAHead() {
    for (Path file :
        DeployFiles.all(".sh", ".yaml", ".yml", ".py", "Dockerfile", "Dockerfile.gpu")) {
      assertThat(head(DeployFiles.text(file)))
          .as(file.toString())
          .containsIgnoringCase("before use");
    }
    for (Path file : DeployFiles.all("state-machine.json")) {
      assertThat(DeployFiles.tree(file).path("Comment").asText()).contains("Before use");
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

  /** Images name no base of their own: AWS's differ by region. */
  @Test
  void imagesAreBuiltOnAGivenBaseAndDoNotRunAsRoot() {
    List<Path> files = DeployFiles.all("Dockerfile", "Dockerfile.gpu");
    assertThat(files).hasSize(3);
    for (Path file : files) {
      List<String> lines =
          DeployFiles.text(file).lines().filter(line -> !line.startsWith("#")).toList();
      assertThat(lines).startsWith("ARG BASE", "FROM ${BASE}").endsWith("USER hadoop:hadoop");
    }
    // What the image of the GPU nodes copies lies in the folder that it is built in.
    assertThat(DeployFiles.FOLDER.resolve("gpu/discover-gpus.sh")).exists();
    assertThat(DeployFiles.text(DeployFiles.FOLDER.resolve("emr/eks/job-run.yaml")))
        .contains("/usr/lib/spark-vit/discover-gpus.sh")
        .contains("local:///usr/lib/spark-vit/");
  }
}
