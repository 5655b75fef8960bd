package org.sparkvit.pipeline.doctor;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.Urls;
import org.sparkvit.core.UserException;
import org.sparkvit.image.codec.HeifSupport;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.model.runtime.PyTorchRuntime;

/**
 * Examines the process that it runs in, which is the driver or an executor. It reads and lists, and
 * writes nothing.
 *
 * @param configuration of Hadoop, by which storage is reached
 * @param storage URIs that the process has to reach, each with its name
 * @param device the device that models will run on: auto, cpu or gpu
 */
record Examiner(SerializableConfiguration configuration, List<Place> storage, String device)
    implements Serializable {
  private static final long GIB = 1L << 30;

  /** What PyTorch and one batch take outside of the heap, for the smallest models. */
  private static final long OUTSIDE_OF_HEAP = 2 * GIB;

  /** The libraries of PyTorch unpacked, and as much again for shuffles of small jobs. */
  private static final long SCRATCH = GIB;

  private static final Pattern FLAGS = Pattern.compile("(?m)^(?:flags|Features)\\s*:(.*)$");

  private static final List<String> INSTRUCTIONS =
      List.of("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimd");

  /**
   * A place in storage.
   *
   * @param name the option that names it
   * @param uri where it is
   * @param mayBeAbsent whether it is enough to reach its storage, as for a workspace before the
   *     first run
   */
  record Place(String name, String uri, boolean mayBeAbsent) implements Serializable {}

  /** Examines this process. */
  Examination examine() {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.ok("java", System.getProperty("java.runtime.version")));
    facts.add(
        Fact.ok("system", System.getProperty("os.name") + " " + System.getProperty("os.arch")));
    facts.add(cores());
    facts.add(processor());
    facts.add(memory());
    facts.add(scratch());
    facts.add(names());
    facts.add(pytorch());
    facts.add(gpus());
    facts.add(jpeg());
    facts.add(heif());
    facts.add(spinning());
    for (Place place : storage) {
      facts.add(reach(place));
    }
    return new Examination(SparkEnv.get().executorId(), host(), System.currentTimeMillis(), facts);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unnamed machine";
    }
  }

  private static Fact cores() {
    int cores = Runtime.getRuntime().availableProcessors();
    int wanted = SparkEnv.get().conf().getInt("spark.executor.cores", 1);
    return Fact.warningIf(
        cores < wanted,
        "cores",
        Integer.toString(cores),
        "spark.executor.cores is "
            + wanted
            + ", more than this machine gives; tasks would take turns");
  }

  private static Fact processor() {
    try {
      Matcher flags = FLAGS.matcher(Files.readString(Path.of("/proc/cpuinfo")));
      List<String> has = flags.find() ? List.of(flags.group(1).strip().split("\\s+")) : List.of();
      List<String> known = INSTRUCTIONS.stream().filter(has::contains).toList();
      return Fact.ok(
          "processor", known.isEmpty() ? "no vector instructions known" : String.join(" ", known));
    } catch (IOException e) {
      return Fact.ok("processor", "not known");
    }
  }

  private static Fact memory() {
    long heap = Runtime.getRuntime().maxMemory();
    long machine =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system
            ? system.getTotalMemorySize()
            : 0;
    String value = gib(heap) + " heap of " + gib(machine);
    return Fact.warningIf(
        machine > 0 && machine - heap < OUTSIDE_OF_HEAP,
        "memory",
        value,
        "PyTorch works outside of the heap and needs "
            + gib(OUTSIDE_OF_HEAP)
            + " or more there; give less to spark.executor.memory, or more to"
            + " spark.executor.memoryOverhead");
  }

  private static Fact scratch() {
    File folder = new File(System.getProperty("java.io.tmpdir"));
    long room = folder.getUsableSpace();
    return Fact.warningIf(
        room < SCRATCH,
        "scratch",
        gib(room) + " free in " + folder,
        "PyTorch's libraries are unpacked there, which takes half a GiB; free some, or set"
            + " -Djava.io.tmpdir and DJL_CACHE_DIR to a larger disk");
  }

  private static Fact names() {
    String encoding = String.valueOf(System.getProperty("sun.jnu.encoding"));
    return Fact.warningIf(
        !encoding.equalsIgnoreCase("UTF-8"),
        "file names",
        encoding,
        "names with letters beyond ASCII are lost on the local disk; set LC_ALL=C.UTF-8 (for"
            + " executors: spark.executorEnv.LC_ALL)");
  }

  private static Fact pytorch() {
    try {
      return Fact.ok("pytorch", PyTorchRuntime.version());
    } catch (UserException | LinkageError e) {
      return Fact.failure(
          "pytorch",
          firstLine(e),
          "the cluster jar brings PyTorch for its own system only; take the jar of this system, or"
              + " set PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR");
    }
  }

  private Fact gpus() {
    Optional<String> driver =
        said("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader");
    int usable;
    try {
      usable = PyTorchRuntime.gpuCount();
    } catch (UserException | LinkageError e) {
      usable = 0;
    }
    String value =
        usable + " for PyTorch" + driver.map(text -> "; driver: " + text).orElse("; no driver");
    if (usable > 0 || device.equals("cpu")) {
      return Fact.ok("gpu", value);
    }
    if (device.equals("gpu")) {
      return Fact.failure(
          "gpu",
          value,
          driver.isPresent()
              ? "PyTorch here is the one for CPUs; set PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and"
                  + " PYTORCH_FLAVOR to one with CUDA"
              : "the machine has no driver of NVIDIA's, or hides it from this process; take one"
                  + " that has, or --device cpu");
    }
    return Fact.warningIf(
        driver.isPresent(),
        "gpu",
        value,
        "there is a GPU, but PyTorch here is the one for CPUs; set PYTORCH_LIBRARY_PATH,"
            + " PYTORCH_VERSION and PYTORCH_FLAVOR to one with CUDA");
  }

  private static Fact jpeg() {
    boolean fast = ImageDecoder.hasTurboJpeg();
    return Fact.warningIf(
        !fast,
        "libjpeg-turbo",
        fast ? "present" : "absent",
        "JPEG files are decoded by the JDK at half the speed; install libturbojpeg0 (Debian,"
            + " Ubuntu) or turbojpeg (Amazon Linux, Red Hat)");
  }

  private static Fact heif() {
    HeifSupport support = ImageDecoder.heifSupport();
    return Fact.warningIf(
        !support.isComplete(),
        "libheif",
        support.description(),
        "HEIC or AVIF files get the status UNSUPPORTED; where there are any, " + support.remedy());
  }

  private static Fact spinning() {
    String count = System.getenv("GOMP_SPINCOUNT");
    String policy = System.getenv("OMP_WAIT_POLICY");
    boolean set = count != null || policy != null;
    return Fact.warningIf(
        !set,
        "waiting threads",
        set ? "GOMP_SPINCOUNT " + count + ", OMP_WAIT_POLICY " + policy : "spin",
        "threads of PyTorch that wait take cores from others; set GOMP_SPINCOUNT=2000 (for"
            + " executors: spark.executorEnv.GOMP_SPINCOUNT)");
  }

  private Fact reach(Place place) {
    String name = place.name() + " " + Urls.withoutSecrets(place.uri());
    Configuration hadoop = configuration.value();
    long began = System.nanoTime();
    try {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(place.uri());
      FileSystem fs = path.getFileSystem(hadoop);
      boolean there = fs.exists(path);
      if (!there && !place.mayBeAbsent()) {
        return Fact.failure(
            name, "does not exist", "check the path; every process has to reach the same files");
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      return Fact.ok(
          name,
          String.format(
              Locale.ROOT,
              "%s, within %,d ms",
              there ? "reached" : "storage reached, nothing there yet",
              roundUp(millis)));
    } catch (IOException | RuntimeException | LinkageError e) {
      return Fact.failure(
          name,
          firstLine(e),
          "every process has to reach it; look at the role of the machines, the endpoint and the"
              + " network");
    }
  }

  /** Rounds to a power of ten, so that processes that are alike say the same. */
  private static long roundUp(long millis) {
    long bound = 10;
    while (bound < millis) {
      bound *= 10;
    }
    return bound;
  }

  /** Returns what a program prints, line after line, or empty where there is no such program. */
  private static Optional<String> said(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      // A few lines fit into the pipe, so the program ends before they are read, or hangs.
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      List<String> lines;
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        lines = out.lines().limit(16).toList();
      }
      return process.exitValue() == 0 ? Optional.of(String.join("; ", lines)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage() == null ? e : e.getMessage())
        .lines()
        .findFirst()
        .orElse(e.toString());
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) GIB);
  }
}
