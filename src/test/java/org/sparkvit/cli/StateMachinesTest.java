package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The state machines of Step Functions hold together, and do what they say when a night ends. */
class StateMachinesTest {
  private static final String EC2 = "emr/state-machine.json";
  private static final String SERVERLESS = "emr/serverless/state-machine.json";

  /** When the execution began. */
  private static final String NIGHT = "2026-11-30T01:00:00.123Z";

  private static final Set<String> TYPES = Set.of("Task", "Choice", "Pass", "Succeed", "Fail");

  private static JsonNode states(String machine) {
    return DeployFiles.tree(machine).path("States");
  }

  private static List<String> next(JsonNode state) {
    List<String> next = new ArrayList<>();
    for (String key : List.of("Next", "Default")) {
      if (state.has(key)) {
        next.add(state.path(key).asText());
      }
    }
    state.path("Catch").forEach(handler -> next.add(handler.path("Next").asText()));
    state.path("Choices").forEach(choice -> next.add(choice.path("Next").asText()));
    return next;
  }

  /** Returns the states that can be reached from one, itself among them, without passing others. */
  private static Set<String> reachable(JsonNode states, String from, Set<String> closed) {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (!closed.contains(name) && reached.add(name)) {
        open.addAll(next(states.path(name)));
      }
    }
    return reached;
  }

  private static boolean ends(JsonNode state) {
    return List.of("Succeed", "Fail").contains(state.path("Type").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {EC2, SERVERLESS})
  void statesAreReachedAndComeToAnEnd(String machine) {
    JsonNode states = states(machine);
    Set<String> names = DeployFiles.fields(states).keySet();
    Set<String> reached =
        reachable(states, DeployFiles.tree(machine).path("StartAt").asText(), Set.of());
    assertThat(reached).containsExactlyInAnyOrderElementsOf(names);
    for (String name : names) {
      JsonNode state = states.path(name);
      assertThat(TYPES).contains(state.path("Type").asText());
      assertThat(next(state).isEmpty()).as(name).isEqualTo(ends(state));
      assertThat(reachable(states, name, Set.of()))
          .as(name)
          .anyMatch(other -> ends(states.path(other)));
    }
    assertThat(DeployFiles.tree(machine).path("TimeoutSeconds").asInt()).isPositive();
  }

  /**
   * Whatever goes wrong in a task is caught. Only the telling itself can do no more than try again.
   */
  @ParameterizedTest
  @ValueSource(strings = {EC2, SERVERLESS})
  void everyFailureIsCaught(String machine) {
    states(machine)
        .fields()
        .forEachRemaining(
            state -> {
              if (state.getValue().path("Type").asText().equals("Task")) {
                String handler = state.getKey().equals("TellOfFailure") ? "Retry" : "Catch";
                assertThat(
                        DeployFiles.texts(
                            state.getValue().path(handler).path(0).path("ErrorEquals")))
                    .as(state.getKey())
                    .containsExactly("States.ALL");
              }
            });
  }

  /** From the moment that there is a cluster, no end is reached without ending it. */
  @Test
  void noPathLeavesTheClusterRunning() {
    JsonNode states = states(EC2);
    assertThat(
            reachable(
                states, states.path("CreateCluster").path("Next").asText(), Set.of("EndCluster")))
        .noneMatch(name -> ends(states.path(name)));
    assertThat(states.path("CreateCluster").path("Parameters").path("AutoTerminationPolicy"))
        .isNotEmpty();
  }

  /** Runs a machine on made-up outcomes of its tasks, and notes the states that it passes. */
  private static List<String> run(
      String machine, Map<String, JsonNode> results, Set<String> failing) {
    JsonNode states = states(machine);
    ObjectNode data = new ObjectMapper().createObjectNode();
    List<String> passed = new ArrayList<>();
    String name = DeployFiles.tree(machine).path("StartAt").asText();
    while (true) {
      passed.add(name);
      JsonNode state = states.path(name);
      switch (state.path("Type").asText()) {
        case "Succeed", "Fail" -> {
          return passed;
        }
        case "Pass" -> {
          put(data, state, state.path("Result"));
          name = state.path("Next").asText();
        }
        case "Choice" -> name = choose(state, data);
        default -> {
          if (failing.contains(name)) {
            JsonNode handler = state.path("Catch").path(0);
            put(data, handler, new ObjectMapper().createObjectNode().put("Cause", "made up"));
            name = handler.path("Next").asText();
          } else {
            put(data, state, results.getOrDefault(name, new ObjectMapper().createObjectNode()));
            name = state.path("Next").asText();
          }
        }
      }
    }
  }

  private static void put(ObjectNode data, JsonNode state, JsonNode value) {
    if (!state.path("ResultPath").isNull()) {
      data.set(state.path("ResultPath").asText().replace("$.", ""), value);
    }
  }

  private static String choose(JsonNode state, JsonNode data) {
    for (JsonNode choice : state.path("Choices")) {
      if (holds(choice, data)) {
        return choice.path("Next").asText();
      }
    }
    return state.path("Default").asText();
  }

  private static boolean holds(JsonNode rule, JsonNode data) {
    if (rule.has("And")) {
      for (JsonNode part : rule.path("And")) {
        if (!holds(part, data)) {
          return false;
        }
      }
      return true;
    }
    String value = value(rule.path("Variable").asText(), data);
    if (rule.has("StringEquals")) {
      return value.equals(rule.path("StringEquals").asText());
    }
    return value.compareTo(value(rule.path("StringGreaterThanPath").asText(), data)) > 0;
  }

  private static String value(String path, JsonNode data) {
    JsonNode node = data.at(path.replace("$", "").replace('.', '/'));
    assertThat(node.isTextual()).as(path).isTrue();
    return node.asText();
  }

  private static JsonNode summary(String status, String started) {
    ObjectNode last = new ObjectMapper().createObjectNode();
    last.put("night", NIGHT).putObject("summary").put("status", status).put("started", started);
    return last;
  }

  @ParameterizedTest
  @ValueSource(strings = {EC2, SERVERLESS})
  void nightThatIsDoneTellsNobody(String machine) {
    assertThat(run(machine, Map.of(), Set.of()))
        .endsWith("Done")
        .doesNotContain("TellOfFailure", "ReadSummary");
  }

  /**
   * A failed step is a failure, unless the run of this night says that it is done or its time was
   * over.
   */
  @ParameterizedTest
  @CsvSource({
    "stopped, 2026-11-30T01:12:00.5Z, MoreToDo",
    "stopped, 2026-11-29T01:12:00.5Z, Failed",
    "failed, 2026-11-30T01:12:00.5Z, Failed",
    "running, 2026-11-30T01:12:00.5Z, Failed",
    "done, 2026-11-30T01:12:00.5Z, Done",
    "done, 2026-11-29T01:12:00.5Z, Failed"
  })
  void timeThatWasOverIsNoFailure(String status, String started, String end) {
    for (String machine : List.of(EC2, SERVERLESS)) {
      List<String> passed =
          run(machine, Map.of("ReadSummary", summary(status, started)), Set.of("RunNight"));
      assertThat(passed).as(machine).endsWith(end);
      assertThat(passed.contains("TellOfFailure")).as(machine).isEqualTo(end.equals("Failed"));
      assertThat(passed.contains("EndCluster")).as(machine).isEqualTo(machine.equals(EC2));
    }
  }

  @Test
  void whatElseFailsIsTold() {
    for (Set<String> failing :
        List.of(Set.of("CreateCluster"), Set.of("RunNight", "ReadSummary"), Set.of("EndCluster"))) {
      assertThat(run(EC2, Map.of(), failing)).endsWith("TellOfFailure", "Failed");
    }
    assertThat(run(SERVERLESS, Map.of(), Set.of("RunNight", "ReadSummary")))
        .endsWith("TellOfFailure", "Failed");
  }

  /** The summary is looked for where the run of the same machine writes it. */
  @Test
  void summaryIsTheOneOfTheRun() {
    for (String machine : List.of(EC2, SERVERLESS)) {
      List<String> arguments =
          DeployFiles.commandLines().stream()
              .filter(line -> line.file().equals(DeployFiles.FOLDER.resolve(machine)))
              .findFirst()
              .orElseThrow()
              .arguments();
      Map<String, List<String>> options = DeployFiles.optionsOfRun(arguments);
      String pipeline = options.get("file").get(0).replaceAll(".*/|\\.yaml", "");
      assertThat(DeployFiles.fields(states(machine).path("ReadSummary").path("ResultSelector")))
          .containsOnly(
              Map.entry("summary.$", "States.StringToJson($.Body)"),
              Map.entry("night.$", "$$.Execution.StartTime"));
      JsonNode place = states(machine).path("ReadSummary").path("Parameters");
      assertThat("s3a://" + place.path("Bucket").asText() + "/" + place.path("Key").asText())
          .isEqualTo(options.get("workspace").get(0) + "/pipelines/" + pipeline + "/state.json");
    }
  }

  /** Step, settings and run are those of the files that people hand over themselves. */
  @Test
  void machinesRunWhatTheOtherFilesRun() {
    JsonNode ec2 = states(EC2);
    assertThat(ec2.path("CreateCluster").path("Parameters").path("Configurations"))
        .isEqualTo(DeployFiles.tree("emr/configurations.json"));
    assertThat(
            ec2.path("RunNight").path("Parameters").path("Step").path("HadoopJarStep").path("Args"))
        .isEqualTo(DeployFiles.tree("emr/nightly-steps.json").path(0).path("Args"));

    JsonNode parameters = states(SERVERLESS).path("RunNight").path("Parameters");
    JsonNode run = DeployFiles.tree("emr/serverless/job-run.yaml");
    assertThat(leaves(parameters)).isEqualTo(leaves(run));
  }

  /** Returns the values of a tree by their paths, in which the first letters of names are small. */
  private static Map<String, String> leaves(JsonNode node) {
    Map<String, String> leaves = new TreeMap<>();
    collect("", node, leaves);
    return leaves;
  }

  private static void collect(String path, JsonNode node, Map<String, String> leaves) {
    if (node.isValueNode()) {
      leaves.put(path, node.asText());
    }
    for (int i = 0; i < node.size() && node.isArray(); i++) {
      collect(path + "[" + i + "]", node.path(i), leaves);
    }
    node.fields()
        .forEachRemaining(
            field -> {
              String name = field.getKey();
              collect(
                  path + "/" + Character.toLowerCase(name.charAt(0)) + name.substring(1),
                  field.getValue(),
                  leaves);
            });
  }

  /** The time of a task is longer than what the run may take, and the machine's than its tasks'. */
  @Test
  void timesFitIntoOneAnother() {
    for (String machine : List.of(EC2, SERVERLESS)) {
      int minutes =
          Integer.parseInt(
              DeployFiles.optionsOfRun(
                      DeployFiles.texts(
                          DeployFiles.tree("emr/nightly-steps.json").path(0).path("Args")))
                  .get("max-minutes")
                  .get(0));
      int run = states(machine).path("RunNight").path("TimeoutSeconds").asInt();
      assertThat(run).isGreaterThan(minutes * 60);
      assertThat(DeployFiles.tree(machine).path("TimeoutSeconds").asInt()).isGreaterThan(run);
    }
  }
}
