package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.sparkvit.BuildFolder;

/**
 * Runs applications by spark-submit in one process, with the Spark of {@code deploy/standalone}.
 */
final class Submitter {
  private static final Path ROOT = Path.of("").toAbsolutePath();
  private static final long MINUTES = 4;

  private final Path folder;
  private final List<String> options;

  /**
   * Puts Spark together where that has not been done.
   *
   * @param folder where the processes run, which leave logs there
   * @param options options of spark-submit without spaces in them
   */
  Submitter(Path folder, List<String> options) throws IOException, InterruptedException {
    StandaloneCluster.assemble(folder);
    this.folder = folder;
    List<String> all = new ArrayList<>(List.of("--master", "local[2]", "--driver-memory", "1g"));
    all.addAll(List.of("--conf", "spark.ui.enabled=false"));
    all.addAll(options);
    this.options = List.copyOf(all);
  }

  /** Runs a command of ours, which has to end well, and returns what it printed. */
  String sparkVit(String... command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(ROOT.resolve(Path.of("jobs", "spark-vit")).toString());
    line.addAll(Arrays.asList(command));
    return run(command[0], line);
  }

  /** Runs statements of SQL. Returns the rows of each as JSON with commas between them. */
  List<String> sql(List<String> statements)
      throws IOException, InterruptedException, URISyntaxException {
    Path answers = folder.resolve("answers.json");
    String classes =
        Path.of(SqlPrinter.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    List<String> line = new ArrayList<>(List.of(bin().resolve("spark-submit").toString()));
    line.addAll(options);
    line.addAll(List.of("--driver-class-path", classes, "--class", SqlPrinter.class.getName()));
    line.add(anyJar().toString());
    line.add(answers.toString());
    line.addAll(statements);
    run("sql", line);
    return Files.readAllLines(answers);
  }

  private String run(String name, List<String> command) throws IOException, InterruptedException {
    Path log = folder.resolve(name + ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().merge("PATH", bin().toString(), (before, ours) -> ours + ":" + before);
    builder.environment().putAll(StandaloneCluster.SHORT_LIVED);
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_VIT_SUBMIT", String.join(" ", options));
    builder.environment().keySet().removeAll(List.of("SPARK_VIT_LOCAL", "SPARK_VIT_CONF"));
    Process process = builder.start();
    boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    String output = Files.readString(log);
    assertThat(ended && process.exitValue() == 0).as(output).isTrue();
    return output;
  }

  private static Path bin() {
    return BuildFolder.path().resolve(Path.of("spark", "bin"));
  }

  /** Spark wants a jar, although the class is on the class path. */
  private static Path anyJar() throws IOException {
    try (Stream<Path> jars = Files.list(bin().resolveSibling("jars"))) {
      return jars.filter(jar -> jar.toString().endsWith(".jar")).sorted().findFirst().orElseThrow();
    }
  }
}
