package org.sparkvit.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;
import org.sparkvit.core.http.RetryingHttp;
import org.sparkvit.core.http.WebServer;
import org.sparkvit.dataset.workspace.Json;

class WebhookTest {
  private final RetryingHttp http =
      new RetryingHttp(3, Duration.ofMillis(10), Duration.ofMillis(10));

  private static Map<String, Object> summary() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("pipeline", "nightly");
    summary.put(
        "steps",
        List.of(
            Map.of("options", Map.of("input", List.of("https://me:hidden@host/a?token=hidden"))),
            Map.of("former", Json.read("x", "{\"a\": [\"http://me:hidden@host/b\", 1]}"))));
    return summary;
  }

  @Test
  void theSummaryIsPostedWithASentenceAndWithoutSecrets() throws Exception {
    try (WebServer server = new WebServer(500, 429)) {
      assertThat(new Webhook(server.uri("/T0/secret"), http).deliver("It is done.", summary()))
          .isEmpty();
      assertThat(server.bodies()).hasSize(3);
      JsonNode body = Json.read("body", server.bodies().get(2));
      assertThat(body.path("text").asText()).isEqualTo("It is done.");
      assertThat(body.path("pipeline").asText()).isEqualTo("nightly");
      assertThat(body.at("/steps/0/options/input/0").asText()).isEqualTo("https://host/a");
      assertThat(body.at("/steps/1/former/a/0").asText()).isEqualTo("http://host/b");
      assertThat(body.at("/steps/1/former/a/1").asInt()).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeDeliveredIsOneLineWithTheHostOnly() throws Exception {
    try (WebServer server = new WebServer(404)) {
      assertThat(new Webhook(server.uri("/T0/secret?key=secret"), http).deliver("x", summary()))
          .hasValueSatisfying(
              line ->
                  assertThat(line)
                      .isEqualTo(
                          "warning: the webhook at 127.0.0.1 does not have the summary (HTTP"
                              + " 404)"));
      assertThat(server.bodies()).hasSize(1);
    }
    assertThat(new Webhook("http://nowhere.invalid/secret", http).deliver("x", summary()))
        .hasValueSatisfying(
            line -> assertThat(line).contains("nowhere.invalid").doesNotContain("secret"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hooks.example.com/secret", "ftp://host/secret", "https:///secret", "a b"})
  void aWrongAddressIsNotShown(String address) {
    assertThatThrownBy(() -> new Webhook(address))
        .isInstanceOf(UserException.class)
        .hasMessage("the webhook's address is not of the form https://HOST/PATH");
  }

  @Test
  void theSentenceSaysHowTheRunHasEnded() {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("pipeline", "nightly");
    summary.put("status", PipelineState.DONE);
    summary.put("steps", List.of(Map.of("step", "audit", "status", PipelineState.DONE)));
    assertThat(OutcomeSentence.of(summary, 1, 61))
        .isEqualTo("Pipeline nightly is done (1 of 1 steps, 1 min).");
    summary.put("status", PipelineState.STOPPED);
    assertThat(OutcomeSentence.of(summary, 3, 5))
        .isEqualTo(
            "Pipeline nightly has stopped as its time was over, and --resume goes on with it (1 of"
                + " 3 steps, 5 s).");
    summary.put("status", PipelineState.FAILED);
    summary.put("error", "it does\nnot pass");
    assertThat(OutcomeSentence.of(summary, 3, 5))
        .isEqualTo("Pipeline nightly has failed: it does not pass (1 of 3 steps, 5 s).");
    summary.put("steps", List.of(Map.of("step", "gate", "status", PipelineState.FAILED)));
    assertThat(OutcomeSentence.of(summary, 3, 5))
        .isEqualTo(
            "Pipeline nightly has failed in step gate: it does not pass (0 of 3 steps, 5 s).");
  }
}
