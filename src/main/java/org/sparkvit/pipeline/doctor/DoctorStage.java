package org.sparkvit.pipeline.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/** Examines the driver and every executor, and says what they have and what they lack. */
@StageDescription(
    name = "doctor",
    group = Group.OPERATE,
    help = {
      "Says what the driver and every executor have: Java, cores, memory, disk, PyTorch, GPU and"
          + " driver, libjpeg-turbo, libheif, clock, reach of the storage; and what is missing.",
      "Fails where jobs would fail. It writes nothing."
    },
    showsSparkProgress = false)
public final class DoctorStage extends Stage<DoctorConfig> {
  /** Tasks of a round stay this long, so that no executor takes them all. */
  private static final long STAY_MILLIS = 500;

  private static final int ROUNDS = 10;

  /** The most processes that a line names. */
  private static final int NAMED = 4;

  /** A difference of clocks beyond which S3 refuses requests is 15 minutes. */
  private static final long CLOCK_MILLIS = 60_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  public DoctorStage() {
    super(DoctorConfig.class);
  }

  @Override
  protected boolean readsOnly(DoctorConfig config) {
    return true;
  }

  @Override
  protected void run(StageContext context, DoctorConfig config) {
    List<Examiner.Place> storage = new ArrayList<>();
    storage.add(new Examiner.Place("--workspace", config.workspace(), true));
    config.input().ifPresent(uri -> storage.add(new Examiner.Place("--input", uri, false)));
    SparkSession spark = context.spark();
    Examiner examiner =
        new Examiner(
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()),
            storage,
            config.device());
    Map<String, Examination> found = new TreeMap<>();
    found.put(Examination.DRIVER, examiner.examine());
    if (!spark.sparkContext().isLocal()) {
      executors(spark, examiner, config.executors())
          .forEach(examination -> found.put(examination.process(), examination));
    }
    List<Examination> all = List.copyOf(found.values());
    lines(spark.version(), all).forEach(context.progress()::say);
    context.record().result("processes", all.size());
    requireFit(all, config.executors());
  }

  /** Sends out tasks until every executor that Spark knows of has answered. */
  private static List<Examination> executors(SparkSession spark, Examiner examiner, int wanted) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Map<String, Examination> found = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      int known = spark.sparkContext().statusTracker().getExecutorInfos().length - 1;
      if (round > 0 && found.size() >= Math.max(wanted, known)) {
        break;
      }
      // By the executors that there are; those that are asked for and absent only mean more rounds.
      int tasks = Math.max(2 * context.defaultParallelism(), 2 * known);
      List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
      for (String answer :
          context.parallelize(numbers, tasks).map(number -> answer(examiner)).collect()) {
        Examination examination = read(answer);
        long late = System.currentTimeMillis() - examination.millis();
        found.putIfAbsent(examination.process(), withClock(examination, late));
      }
    }
    return List.copyOf(found.values());
  }

  /** Runs in a task. Records do not go through every serializer, so the answer is text. */
  private static String answer(Examiner examiner)
      throws InterruptedException, JsonProcessingException {
    String answer = JSON.writeValueAsString(examiner.examine());
    Thread.sleep(STAY_MILLIS);
    return answer;
  }

  private static Examination read(String answer) {
    try {
      return JSON.readValue(answer, Examination.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds what is known of the clock. An answer takes a while, so a clock that is behind shows only
   * where it is far behind, and one that is ahead at once.
   */
  private static Examination withClock(Examination examination, long lateMillis) {
    boolean wrong = Math.abs(lateMillis) > CLOCK_MILLIS;
    List<Fact> facts = new ArrayList<>(examination.facts());
    facts.add(
        Fact.warningIf(
            wrong,
            "clock",
            wrong
                ? String.format(Locale.ROOT, "%,d s beside the driver's", lateMillis / 1000)
                : "as the driver's",
            "S3 refuses requests of a clock that is wrong; let the machine set its time (chrony)"));
    return new Examination(examination.process(), examination.host(), examination.millis(), facts);
  }

  /** Returns a line for each fact, and for each value of it the processes that have it. */
  static List<String> lines(String sparkVersion, List<Examination> all) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "doctor: Spark "
            + sparkVersion
            + "; "
            + all.size()
            + (all.size() == 1 ? " process" : " processes"));
    Map<String, Map<Fact, List<String>>> byName = new LinkedHashMap<>();
    for (Examination examination : all) {
      for (Fact fact : examination.facts()) {
        byName
            .computeIfAbsent(fact.name(), name -> new LinkedHashMap<>())
            .computeIfAbsent(fact, same -> new ArrayList<>())
            .add(examination.title());
      }
    }
    byName.forEach(
        (name, values) ->
            values.forEach(
                (fact, processes) -> {
                  String who = processes.size() == all.size() ? "" : "  [" + some(processes) + "]";
                  lines.add(
                      String.format(
                          Locale.ROOT,
                          "  %-7s %s: %s%s",
                          fact.level() == Fact.Level.OK
                              ? "ok"
                              : fact.level().name().toLowerCase(Locale.ROOT),
                          name,
                          fact.value(),
                          who));
                  if (!fact.remedy().isEmpty()) {
                    lines.add("          " + fact.remedy());
                  }
                }));
    return lines;
  }

  private static String some(List<String> processes) {
    String first = String.join(", ", processes.subList(0, Math.min(NAMED, processes.size())));
    return processes.size() <= NAMED
        ? first
        : first + " and " + (processes.size() - NAMED) + " more";
  }

  private static void requireFit(List<Examination> all, int wanted) {
    long executors =
        all.stream().filter(each -> !each.process().equals(Examination.DRIVER)).count();
    if (executors < wanted) {
      throw new UserException(
          "--executors asks for "
              + wanted
              + " but "
              + executors
              + " answered; look at the cluster's manager, whether it has room for more");
    }
    Optional<String> unfit =
        Optional.of(
                all.stream()
                    .filter(Examination::fails)
                    .map(Examination::title)
                    .collect(Collectors.joining(", ")))
            .filter(titles -> !titles.isEmpty());
    if (unfit.isPresent()) {
      throw new UserException(
          "jobs would fail on " + unfit.get() + "; the lines above with 'failure' say why");
    }
  }
}
