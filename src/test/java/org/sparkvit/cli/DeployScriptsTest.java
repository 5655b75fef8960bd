package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The scripts in deploy/ and the DAG, run here with stand-ins for what a platform has. */
class DeployScriptsTest {
  private static final Path DAG = DeployFiles.FOLDER.resolve("emr/airflow/spark_vit_nightly.py");
  private static final String VERSION = "libtorch/build-version";

  /** Libraries of libtorch that are wanted; they are empty here. */
  private static final List<String> LIBRARIES =
      List.of(
          "libc10.so",
          "libc10_cuda.so",
          "libcaffe2_nvrtc.so",
          "libcublas.so.12",
          "libcudart-218eec4c.so.12",
          "libcudnn.so.9",
          "libcudnn_ops.so.9",
          "libgomp-98b21ff3.so.1",
          "libnvrtc-builtins.so.12.8",
          "libtorch.so",
          "libtorch_cpu.so",
          "libtorch_cuda.so",
          "libtorch_cuda_linalg.so");

  @TempDir private Path folder;

  private record Result(int code, String out, String err) {}

  /** Runs a program with {@code bin} of the folder before all else on its path. */
  private Result run(String... command) throws IOException, InterruptedException {
    return run(Map.of(), command);
  }

  private Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    builder.environment().merge("PATH", "", (path, none) -> folder.resolve("bin") + ":" + path);
    builder.environment().put("PYTHONPYCACHEPREFIX", folder.resolve("cache").toString());
    int code = builder.start().waitFor();
    return new Result(code, Files.readString(out), Files.readString(err));
  }

  private void requirePython() throws InterruptedException {
    boolean there;
    try {
      there = run("python3", "--version").code() == 0;
    } catch (IOException e) {
      there = false;
    }
    assumeThat(there).as("there is no python3 on this machine").isTrue();
  }

  private void program(String name, String text) throws IOException {
    Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static Stream<Path> scripts() {
    List<Path> scripts = new ArrayList<>(DeployFiles.all(".sh"));
    for (String name : List.of("assemble", "start", "stop", "spark-class", "spark-submit")) {
      scripts.add(DeployFiles.FOLDER.resolve("standalone").resolve(name));
    }
    return scripts.stream();
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void scriptsParse(Path script) throws IOException, InterruptedException {
    assertThat(run("bash", "-n", script.toString())).isEqualTo(new Result(0, "", ""));
    assertThat(DeployFiles.text(script)).startsWith("#!/usr/bin/env bash\n");
    if (!script.getFileName().toString().startsWith("spark-submit")) {
      assertThat(DeployFiles.text(script)).contains("\nset -euo pipefail\n");
    }
  }

  private Path libtorch(String version, List<String> libraries) throws IOException {
    Path zip = folder.resolve("libtorch.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (String name : libraries) {
        out.putNextEntry(new ZipEntry("libtorch/lib/" + name));
        out.write(name.getBytes(StandardCharsets.UTF_8));
      }
      // What lies beside them in the real file, and would be loaded as well.
      for (String name :
          List.of(
              "lib/libtorchbind_test.so",
              "lib/libtorch_python.so",
              "lib/libshm.so",
              "lib/libdnnl.a",
              "include/c10/libc10.so",
              "share/cmake/libtorch.so")) {
        out.putNextEntry(new ZipEntry("libtorch/" + name));
        out.write(0);
      }
      if (version != null) {
        out.putNextEntry(new ZipEntry(VERSION));
        out.write((version + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return zip;
  }

  private Result install(Path zip) throws IOException, InterruptedException {
    return run(
        "bash",
        DeployFiles.FOLDER.resolve("gpu/install-libtorch.sh").toString(),
        zip.toString(),
        folder.resolve("installed").toString());
  }

  @Test
  void libtorchIsUnpackedWithoutWhatDjlDoesNotWant() throws IOException, InterruptedException {
    requirePython();
    assertThat(install(libtorch("2.7.1+cu128", LIBRARIES)).code()).isZero();
    try (Stream<Path> files = Files.list(folder.resolve("installed/lib"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(LIBRARIES);
    }
    assertThat(folder.resolve("installed/lib/libcudnn.so.9")).hasContent("libcudnn.so.9");
  }

  @Test
  void libtorchOfAnotherVersionIsRefused() throws IOException, InterruptedException {
    requirePython();
    Result result = install(libtorch("2.8.0+cu129", LIBRARIES));
    assertThat(result.code()).isNotZero();
    assertThat(result.err()).contains("is libtorch 2.8.0+cu129; 2.7.1+cu128 is wanted");
    assertThat(install(libtorch(null, LIBRARIES)).err()).contains("is libtorch unknown");
  }

  /** As the libraries of a pip wheel, which keeps cuDNN elsewhere. */
  @Test
  void libtorchWithoutItsOwnLibrariesIsRefused() throws IOException, InterruptedException {
    requirePython();
    List<String> wheel = LIBRARIES.stream().filter(name -> !name.contains("cudnn")).toList();
    Result result = install(libtorch("2.7.1+cu128", wheel));
    assertThat(result.code()).isNotZero();
    assertThat(result.err())
        .contains("has no libtorch/lib/libcudnn.so*; take the one 'shared with deps'");
  }

  /** Only the driver's own library may be missing where an image is built. */
  @Test
  void libraryThatIsNotFoundIsNamed() throws IOException, InterruptedException {
    requirePython();
    program("ldd", "printf '\\tlibcuda.so.1 => not found\\n\\tlibc10.so => /x/libc10.so (0x1)\\n'");
    assertThat(install(libtorch("2.7.1+cu128", LIBRARIES)).code()).isZero();
    program("ldd", "printf '\\tlibcuda.so.1 => not found\\n\\tlibcusparseLt.so.0 => not found\\n'");
    Result result = install(libtorch("2.7.1+cu128", LIBRARIES));
    assertThat(result.code()).isNotZero();
    assertThat(result.err()).contains("lacks on this machine: libcusparseLt.so.0");
  }

  @ParameterizedTest
  @CsvSource({
    "525.60.13, true",
    "570.133.20, true",
    "1000.1, true",
    "525.60.12, false",
    "470.256.02, false"
  })
  void driversThatAreTooOldAreRefused(String version, boolean enough)
      throws IOException, InterruptedException {
    program("nvidia-smi", "echo " + version);
    Result result = run("bash", DeployFiles.FOLDER.resolve("gpu/check-driver.sh").toString());
    assertThat(result.code() == 0).isEqualTo(enough);
    assertThat(enough ? result.out() : result.err()).contains("is " + version).hasLineCount(1);
  }

  @Test
  void machineWithoutGpuIsRefused() throws IOException, InterruptedException {
    program("nvidia-smi", "exit 9");
    Result result = run("bash", DeployFiles.FOLDER.resolve("gpu/check-driver.sh").toString());
    assertThat(result.code()).isNotZero();
    assertThat(result.err()).contains("nvidia-smi finds no GPU").hasLineCount(1);
  }

  /** In the form that Spark's ResourceInformation has. */
  @Test
  void gpusAreTold() throws IOException, InterruptedException {
    program("nvidia-smi", "printf '0\\n1\\n'");
    Result result = run("bash", DeployFiles.FOLDER.resolve("gpu/discover-gpus.sh").toString());
    assertThat(new ObjectMapper().readTree(result.out()))
        .isEqualTo(
            new ObjectMapper().readTree("{\"name\": \"gpu\", \"addresses\": [\"0\", \"1\"]}"));
  }

  @Test
  void dagCompiles() throws IOException, InterruptedException {
    requirePython();
    assertThat(run("python3", "-m", "py_compile", DAG.toString())).isEqualTo(new Result(0, "", ""));
  }

  private JsonNode dag() throws IOException, InterruptedException {
    requirePython();
    Path dags = Files.createDirectories(folder.resolve("dags"));
    for (Path file :
        List.of(
            DAG,
            DeployFiles.FOLDER.resolve("emr/nightly-steps.json"),
            DeployFiles.FOLDER.resolve("emr/configurations.json"))) {
      Files.copy(file, dags.resolve(file.getFileName()));
    }
    Result result =
        run("python3", "src/test/python/load_dag.py", dags.resolve(DAG.getFileName()).toString());
    assertThat(result.code()).as(result.err()).isZero();
    return new ObjectMapper().readTree(result.out());
  }

  /**
   * The DAG starts the cluster of the state machine, and its step is that of nightly-steps.json.
   */
  @Test
  void dagDoesWhatTheStateMachineDoes() throws IOException, InterruptedException {
    JsonNode dag = dag();
    JsonNode states = DeployFiles.tree("emr/state-machine.json").path("States");
    JsonNode tasks = dag.path("tasks");
    assertThat(tasks.path("create_cluster").path("job_flow_overrides"))
        .isEqualTo(states.path("CreateCluster").path("Parameters"));
    assertThat(tasks.path("run_night").path("steps").path(0))
        .isEqualTo(states.path("RunNight").path("Parameters").path("Step"));
    assertThat(tasks.path("run_night").path("steps")).hasSize(1);
    assertThat(tasks.path("run_night").path("wait_for_completion").asBoolean()).isTrue();
    int waits =
        tasks.path("run_night").path("waiter_delay").asInt()
            * tasks.path("run_night").path("waiter_max_attempts").asInt();
    assertThat(waits).isEqualTo(states.path("RunNight").path("TimeoutSeconds").asInt());
    JsonNode summary = states.path("ReadSummary").path("Parameters");
    assertThat(DeployFiles.texts(dag.path("read")))
        .containsExactly(summary.path("Bucket").asText() + "/" + summary.path("Key").asText());
  }

  @Test
  void dagTellsOfFailuresAndEndsItsCluster() throws IOException, InterruptedException {
    JsonNode dag = dag();
    assertThat(dag.path("dag").path("on_failure_callback").path("target_arn").asText())
        .isEqualTo("arn:aws:sns:YOUR-REGION:YOUR-ACCOUNT:YOUR-TOPIC");
    assertThat(dag.path("dag").path("max_active_runs").asInt()).isEqualTo(1);
    JsonNode end = dag.path("tasks").path("end_cluster");
    assertThat(end.path("teardown_of").asText()).isEqualTo("create_cluster");
    assertThat(end.path("on_failure_fail_dagrun").asBoolean()).isTrue();
    assertThat(dag.path("edges").toString())
        .isEqualTo(
            "[[\"create_cluster\",\"run_night\"],[\"run_night\",\"how_did_it_go\"],"
                + "[\"run_night\",\"end_cluster\"]]");
    // The last task decides, whatever the step's end was.
    assertThat(dag.path("tasks").path("how_did_it_go").path("trigger_rule").asText())
        .isEqualTo("all_done");
  }

  /** Days 29 and 30 are the nights before and of this run. */
  @Test
  void dagKnowsTimeThatWasOverFromAFailure() throws IOException, InterruptedException {
    assertThat(DeployFiles.fields(dag().path("verdicts")))
        .containsOnly(
            Map.entry("done 30", "success"),
            Map.entry("stopped 30", "success"),
            Map.entry("failed 30", "failure"),
            Map.entry("running 30", "failure"),
            Map.entry("done 29", "failure"),
            Map.entry("stopped 29", "failure"),
            Map.entry("failed 29", "failure"),
            Map.entry("running 29", "failure"));
  }
}
