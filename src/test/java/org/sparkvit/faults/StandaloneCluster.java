package org.sparkvit.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.sparkvit.BuildFolder;

/**
 * A Spark standalone cluster of processes on 127.0.0.1, as {@code deploy/standalone} makes it, and
 * what the fault tests do to it. It ends with {@link #close}, and where that is not reached with
 * this JVM.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final Path ROOT = Path.of("").toAbsolutePath();
  private static final int WORKERS = 2;
  private static final Path SCRIPTS = ROOT.resolve("deploy").resolve("standalone");
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** None of the processes lives long enough to earn what the JVM's second compiler costs. */
  static final Map<String, String> SHORT_LIVED =
      Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

  private final Path folder;
  private final String url;

  private StandaloneCluster(Path folder, String url) {
    this.folder = folder;
    this.url = url;
  }

  /**
   * Starts a master and two workers of one core each.
   *
   * @param folder for its pid files, logs and work
   */
  static StandaloneCluster start(Path folder) throws IOException, InterruptedException {
    return start(folder, WORKERS);
  }

  /** Starts a master and so many workers of one core each. */
  static StandaloneCluster start(Path folder, int workers)
      throws IOException, InterruptedException {
    assemble(folder);
    script(
        folder,
        List.of(SCRIPTS.resolve("start").toString()),
        Map.of("SPARK_VIT_WORKERS", Integer.toString(workers)));
    return new StandaloneCluster(folder, Files.readString(folder.resolve("url")).strip());
  }

  /**
   * Puts Spark together where that has not been done.
   *
   * @param folder for the log
   */
  static void assemble(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<String> assemble = new ArrayList<>();
    assemble.add(SCRIPTS.resolve("assemble").toString());
    // The build's own repository, which need not be Maven's default one.
    String repository = System.getProperty("maven.repo.local", "");
    if (!repository.isEmpty()) {
      assemble.add("-Dmaven.repo.local=" + repository);
    }
    script(folder, assemble, Map.of());
  }

  /**
   * Starts a worker of one core beside the others and waits until the master knows it.
   *
   * @param n its number, from 1
   * @param environment what its environment, and that of its executors, has beside this process's
   */
  void addWorker(int n, Map<String, String> environment) throws IOException, InterruptedException {
    Path log = folder.resolve("worker-" + n + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
                BuildFolder.path().resolve(Path.of("spark", "bin", "spark-class")).toString(),
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--webui-port",
                "0",
                "--cores",
                "1",
                "--memory",
                "3g",
                "--work-dir",
                folder.resolve(Path.of("work", "worker-" + n)).toString(),
                url)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().putAll(environment);
    Process process = builder.start();
    Files.writeString(folder.resolve("worker-" + n + ".pid"), Long.toString(process.pid()));
    await(
        "worker " + n,
        process,
        log,
        () -> {
          try {
            return Files.readString(log).contains("Successfully registered with master");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void script(Path folder, List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path log = folder.resolve(Path.of(command.get(0)).getFileName() + ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(SHORT_LIVED);
    builder.environment().put("SPARK_VIT_CLUSTER", folder.toString());
    builder.environment().put("SPARK_VIT_OWNER", Long.toString(ProcessHandle.current().pid()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(command + " failed: " + Files.readString(log));
    }
  }

  /**
   * A command on its way through spark-submit; the process is the driver.
   *
   * @param earlier the names of the applications that the cluster ran before
   */
  record Submitted(Process driver, Path log, Set<String> earlier) {
    String output() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits for the end. Returns the exit status. */
    int await() throws InterruptedException {
      if (!driver.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        driver.destroyForcibly();
        throw new AssertionError("still running after " + PATIENCE + ": " + log);
      }
      return driver.exitValue();
    }
  }

  /** Runs {@code jobs/spark-vit COMMAND...} with our spark-submit on the path. */
  Submitted submit(String name, List<String> command) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(ROOT.resolve("jobs").resolve("spark-vit").toString());
    line.addAll(command);
    Path log = folder.resolve(name + ".out");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    String path = BuildFolder.path().resolve(Path.of("spark", "bin")).toString();
    builder.environment().merge("PATH", path, (before, ours) -> ours + ":" + before);
    builder.environment().putAll(SHORT_LIVED);
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder
        .environment()
        .put(
            "SPARK_VIT_SUBMIT",
            String.join(
                " ",
                "--master " + url,
                "--driver-memory 1g --executor-memory 1g",
                "--conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=3",
                "--conf spark.sql.session.timeZone=UTC",
                // A lost worker is noticed by its connection; this is for one that hangs.
                "--conf spark.network.timeout=60s --conf spark.executor.heartbeatInterval=5s"));
    builder.environment().keySet().removeAll(List.of("SPARK_VIT_LOCAL", "SPARK_VIT_CONF"));
    Set<String> earlier = new HashSet<>();
    for (int n = 1; n <= WORKERS; n++) {
      applications(n).forEach(application -> earlier.add(application.getFileName().toString()));
    }
    Process driver = builder.start();
    Files.writeString(folder.resolve(name + ".pid"), Long.toString(driver.pid()));
    return new Submitted(driver, log, earlier);
  }

  /** The folders of the applications that worker {@code n} has run. */
  private List<Path> applications(int n) throws IOException {
    Path work = folder.resolve(Path.of("work", "worker-" + n));
    if (!Files.exists(work)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(work)) {
      return folders.toList();
    }
  }

  /** The worker {@code n}, from 1. */
  ProcessHandle worker(int n) throws IOException {
    String pid = Files.readString(folder.resolve("worker-" + n + ".pid")).strip();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  /** The executor that a worker runs now. */
  Optional<ProcessHandle> executor(ProcessHandle worker) {
    return worker
        .children()
        .filter(
            child -> child.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
        .findFirst();
  }

  /** Waits until an executor of worker {@code n} has finished tasks of the model and runs more. */
  ProcessHandle executorInMidRun(int n, Submitted run) throws Exception {
    awaitScoring(n, run);
    return executor(worker(n)).orElseThrow(() -> new AssertionError("no executor on worker " + n));
  }

  /** Waits until a task has run the model on worker {@code n}. */
  void awaitScoring(int n, Submitted run) throws Exception {
    await(
        "images scored on worker " + n,
        run,
        () -> {
          try {
            for (Path application : applications(n)) {
              if (!run.earlier().contains(application.getFileName().toString())
                  && hasScored(application)) {
                return true;
              }
            }
            return false;
          } catch (IOException | UncheckedIOException e) {
            return false;
          }
        });
  }

  /** Whether the newest executor of an application has. */
  private static boolean hasScored(Path application) throws IOException {
    try (Stream<Path> files = Files.walk(application)) {
      Optional<Path> newest =
          files
              .filter(file -> file.getFileName().toString().equals("stderr"))
              .max((a, b) -> a.toString().compareTo(b.toString()));
      return newest.isPresent() && hasScored(Files.readString(newest.get()));
    }
  }

  private static boolean hasScored(String log) {
    int loaded = log.indexOf("PtEngine");
    return loaded >= 0 && log.indexOf("Finished task", loaded) >= 0;
  }

  /** Waits for something that has to happen while the run is on. */
  static void await(String what, Submitted run, BooleanSupplier condition)
      throws InterruptedException {
    await(what, run.driver(), run.log(), condition);
  }

  private static void await(String what, Process process, Path log, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError(
            String.format(
                Locale.ROOT,
                "waited in vain for %s; process alive: %s; see %s",
                what,
                process.isAlive(),
                log));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      script(folder, List.of(SCRIPTS.resolve("stop").toString()), Map.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the cluster was stopped", e);
    }
  }
}
