package org.sparkvit.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.http.WebServer;
import org.sparkvit.core.options.MaxMinutesOption;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.Options;
import org.sparkvit.core.options.WorkspaceOption;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/** A whole pipeline from one file: what is checked, what runs, and how a run goes on. */
class PipelineTest extends SparkTest {
  @TempDir private Path folder;

  private final List<String> ran = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private boolean fails;
  private long left;

  record NoteConfig(
      @WorkspaceOption String workspace,
      @Option(standard = "1", least = 1, help = "Times.") int times,
      @Option(help = "Tags.") List<String> tags) {}

  @StageDescription(name = "note", group = Group.OPERATE, help = "Notes.")
  private final class NoteStage extends Stage<NoteConfig> {
    NoteStage() {
      super(NoteConfig.class);
    }

    @Override
    protected void run(StageContext context, NoteConfig config) {
      ran.add("note " + config.times() + " " + config.tags());
      context.record().result("noted", config.times());
    }
  }

  record WorkConfig(@WorkspaceOption String workspace, @MaxMinutesOption int maxMinutes) {}

  @StageDescription(name = "work", group = Group.OPERATE, help = "Works.")
  private final class WorkStage extends Stage<WorkConfig> {
    WorkStage() {
      super(WorkConfig.class);
    }

    @Override
    protected void run(StageContext context, WorkConfig config) {
      ran.add("work " + config.maxMinutes());
      if (fails) {
        throw new UserException("the data set does not pass");
      }
      context.record().add(RunRecord.IMAGES_DONE, 7);
      context.left(left);
    }
  }

  private List<Stage<?>> stages() {
    return List.of(new NoteStage(), new WorkStage());
  }

  private static final String THREE =
      """
      variables:
        tag: x
      steps:
        - note: {times: 2, tags: [a, "${tag}"]}
        - work
        - note
      """;

  private Pipeline check(String text, Object... options) {
    List<Object> all =
        new ArrayList<>(List.of("file", "conf/three.yaml", "workspace", folder.toString()));
    all.addAll(List.of(options));
    return Pipeline.check(Options.with(RunOptions.class, all.toArray()), text, stages());
  }

  private Pipeline.Outcome run(String text, Object... options) {
    ran.clear();
    said.clear();
    return check(text, options).run(spark, said::add);
  }

  private JsonNode summary() {
    return Json.read("summary", said.get(said.size() - 1));
  }

  @Test
  void stepsRunInTheirOrderAndTheSummaryIsTheLastLine() {
    assertThat(run(THREE, "set", "tag=y")).isEqualTo(Pipeline.Outcome.DONE);
    assertThat(ran).containsExactly("note 2 [a, y]", "work 0", "note 1 []");
    JsonNode summary = summary();
    assertThat(summary.path("pipeline").asText()).isEqualTo("three");
    assertThat(summary.path("status").asText()).isEqualTo("done");
    assertThat(summary.path("steps").findValuesAsText("step"))
        .containsExactly("note", "work", "note#2");
    assertThat(summary.at("/steps/0/results/noted").asInt()).isEqualTo(2);
    assertThat(summary.at("/steps/0/seconds").isNumber()).isTrue();
  }

  @Test
  void aStepThatFailsEndsTheRunAndTheNextOneGoesOnThere() {
    fails = true;
    assertThatThrownBy(() -> run(THREE))
        .isInstanceOf(UserException.class)
        .hasMessage("the data set does not pass");
    assertThat(summary().path("status").asText()).isEqualTo("failed");
    assertThat(summary().at("/steps/1/error").asText()).isEqualTo("the data set does not pass");
    fails = false;
    assertThat(run(THREE, "resume", true)).isEqualTo(Pipeline.Outcome.DONE);
    assertThat(ran).containsExactly("work 0", "note 1 []");
    assertThat(summary().path("steps").findValuesAsText("status"))
        .containsExactly("done", "done", "done");
    run(THREE, "resume", true);
    assertThat(ran).as("all was done, so it begins anew").hasSize(3);
  }

  /** The state on the disk is all that a killed run leaves. */
  @Test
  void aRunThatWasKilledGoesOnWithTheStepThatItWasIn() throws Exception {
    fails = true;
    assertThatThrownBy(() -> run(THREE)).isInstanceOf(UserException.class);
    Path state = folder.resolve("pipelines/three/state.json");
    Files.writeString(state, Files.readString(state).replace("\"failed\"", "\"running\""));
    fails = false;
    run(THREE, "resume", true);
    assertThat(ran).containsExactly("work 0", "note 1 []");
    assertThat(said).anyMatch(line -> line.contains("going on with work, after 1 steps"));
  }

  @Test
  void theWebhookHasTheSummaryHoweverTheRunEnds() throws Exception {
    try (WebServer server = new WebServer()) {
      String hook = server.uri("/T0/secret");
      fails = true;
      assertThatThrownBy(() -> run(THREE, "webhook", hook)).isInstanceOf(UserException.class);
      fails = false;
      left = 5;
      assertThat(run("webhook: " + hook + "\n" + THREE, "resume", true))
          .isEqualTo(Pipeline.Outcome.STOPPED);
      left = 0;
      run(THREE, "webhook", hook, "resume", true);
      // What fails before the first step is told of, too, and the state of the last run stays.
      fails = true;
      assertThatThrownBy(() -> run(THREE, "webhook", hook)).isInstanceOf(UserException.class);
      assertThatThrownBy(
              () -> run(THREE.replace("times: 2", "times: 3"), "resume", true, "webhook", hook))
          .hasMessageContaining("no longer has there");
      fails = false;
      run(THREE, "resume", true);
      assertThat(ran).containsExactly("work 0", "note 1 []");

      List<JsonNode> bodies =
          server.bodies().stream().map(body -> Json.read("body", body)).toList();
      assertThat(bodies.stream().map(body -> body.path("status").asText()))
          .containsExactly("failed", "stopped", "done", "failed", "failed");
      assertThat(bodies.get(0).path("text").asText())
          .contains("three has failed in step work: the data set does not pass (1 of 3 steps");
      assertThat(bodies.get(2).path("steps")).hasSize(3);
      assertThat(bodies.get(2).path("text").asText()).contains("is done (3 of 3 steps");
      assertThat(bodies.get(4).path("text").asText()).contains("no longer has there");
      assertThat(String.join("", said)).doesNotContain("secret");
    }
  }

  @Test
  void aWebhookThatRefusesChangesNothing() throws Exception {
    try (WebServer server = new WebServer(410)) {
      assertThat(run(THREE, "webhook", server.uri("/T0/secret"))).isEqualTo(Pipeline.Outcome.DONE);
      assertThat(said)
          .contains("warning: the webhook at 127.0.0.1 does not have the summary (HTTP 410)");
      assertThat(summary().path("status").asText()).isEqualTo("done");
      assertThat(String.join("", said)).doesNotContain("secret");
    }
  }

  @Test
  void theSummaryHasTheHoursOfNodesAndTheirCost() {
    run("node-price: 1000\n" + THREE);
    JsonNode cost = summary().path("cost");
    assertThat(cost.path("node_price").asDouble()).isEqualTo(1000);
    assertThat(cost.path("cost").asDouble())
        .isEqualTo(1000 * cost.path("node_hours").asDouble())
        .isPositive();
    assertThat(cost.path("units").path("cost").asText()).contains("--node-price");
    JsonNode work = summary().at("/steps/1/cost");
    assertThat(work.path("images").asLong()).isEqualTo(7);
    assertThat(work.path("node_hours").asDouble())
        .isLessThanOrEqualTo(cost.path("node_hours").asDouble());
    assertThat(said.get(said.size() - 2)).contains("node-hours").contains("at 1000.0 each");

    run("node-price: 1000\n" + THREE, "node-price", 2);
    assertThat(summary().at("/cost/node_price").asDouble()).isEqualTo(2);
    run(THREE);
    assertThat(summary().path("cost").has("cost")).isFalse();
    assertThat(summary().path("cost").path("most_nodes").asInt()).isEqualTo(1);
    assertThat(said).noneMatch(line -> line.contains("node-hours ("));
    assertThatThrownBy(() -> run("node-price: -1\n" + THREE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--node-price is -1");
  }

  @Test
  void anotherFileIsNotGoneOnWith() {
    fails = true;
    assertThatThrownBy(() -> run(THREE)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> run(THREE.replace("times: 2", "times: 3"), "resume", true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("step 1")
        .hasMessageContaining("no longer has there");
  }

  @Test
  void aStepThatStopsBeforeAllIsDoneEndsTheRunAndIsGoneOnWith() {
    left = 5;
    assertThat(run(THREE, "max-minutes", 10)).isEqualTo(Pipeline.Outcome.STOPPED);
    assertThat(ran).containsExactly("note 2 [a, x]", "work 10");
    assertThat(summary().path("status").asText()).isEqualTo("stopped");
    left = 0;
    assertThat(run(THREE, "resume", true)).isEqualTo(Pipeline.Outcome.DONE);
    assertThat(ran).containsExactly("work 0", "note 1 []");
  }

  @Test
  void aRunCanBeginWithAnyStep() {
    run(THREE, "from", "note#2");
    assertThat(ran).containsExactly("note 1 []");
    assertThatThrownBy(() -> run(THREE, "from", "score"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--from is 'score'; the steps are [note, work, note#2]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "steps: [fly]|three.yaml:1: 'fly' is no step; there are [note, work]",
        "steps: []|has no steps",
        "other: 1|'other' is no part of a pipeline",
        "steps: [note, {note: {times: 0}}]|three.yaml:1: note: --times is 0; use 1 or more",
        "steps: [{note: {tmes: 1}}]|'tmes' is no option here; there are tags, times, workspace",
        "steps: [{note: {workspace: w}}]|all steps work on one workspace",
        "steps: [{note: {tags: '${nobody}'}}]|there is no variable 'nobody'",
        "{variables: {in: }, steps: [note]}|the variable 'in' has no value; pass --set in=VALUE",
        "steps: [{note: , work: }]|a step is one command",
        "steps: [{note: {times: 1, times: 2}}]|'times' is there twice",
        "steps: [{note: {times: {a: {b: c}}}}]|a single value is wanted here",
        "steps: {note: 1}|has no steps",
        "steps: [|is no YAML",
      })
  void mistakesAreNamedWithTheirPlaceBeforeAnythingRuns(String text, String message) {
    assertThatThrownBy(() -> run(text))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
    assertThat(ran).isEmpty();
  }

  @Test
  void variablesThatTheFileDoesNotHaveAreRefused() {
    assertThatThrownBy(() -> run(THREE, "set", "tga=x"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--set names 'tga'")
        .hasMessageContaining("[tag]");
  }

  @Test
  void valuesStayAsTheyAreWritten() {
    run("steps: [{note: {tags: [no, 0.10, 1e3, 2026-01-01]}}]");
    assertThat(ran).containsExactly("note 1 [no, 0.10, 1e3, 2026-01-01]");
  }

  @Test
  void theFileNamesTheWorkspaceUnlessTheCommandDoes() {
    Map<String, String> texts =
        Map.of("a", "workspace: /w/of/file\nsteps: [note]", "b", "steps: [note]");
    RunOptions none = Options.with(RunOptions.class, "file", "x.yaml");
    assertThat(Pipeline.check(none, texts.get("a"), stages()).workspace()).isEqualTo("/w/of/file");
    assertThat(check(texts.get("a")).workspace()).isEqualTo(folder.toString());
    assertThatThrownBy(() -> Pipeline.check(none, texts.get("b"), stages()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("names no workspace; pass --workspace URI");
    assertThat(Stream.of(check(texts.get("a")).lines().toArray()))
        .containsExactly("spark-vit note --workspace " + folder);
  }
}
