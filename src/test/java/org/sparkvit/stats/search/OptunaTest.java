package org.sparkvit.stats.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.sparkvit.dataset.workspace.Json;

/** What Optuna computes, see make_search_fixtures.py. */
class OptunaTest {
  private static JsonNode fixtures() throws Exception {
    Path file = Path.of("src/test/resources/search/search.json");
    return Json.read(file.toString(), Files.readString(file));
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  @Test
  void densitiesAreOptunas() throws Exception {
    int compared = 0;
    for (JsonNode one : fixtures().path("densities")) {
      Parameter parameter = Parameter.parse(one.path("name").asText(), one.path("space").asText());
      Mixture mixture = Mixture.tpe(parameter, texts(one.path("observed")));
      List<String> asked = texts(one.path("asked"));
      for (int i = 0; i < asked.size(); i++) {
        assertThat(mixture.logDensity(asked.get(i)))
            .as("%s with %d observations", parameter.name(), one.path("observed").size())
            .isCloseTo(one.path("log_density").get(i).asDouble(), within(1e-9));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(100);
  }

  @Test
  void importancesAreOptunas() throws Exception {
    Map<String, String> lines = new LinkedHashMap<>();
    fixtures()
        .path("space")
        .fields()
        .forEachRemaining(f -> lines.put(f.getKey(), f.getValue().asText()));
    SearchSpace space = SearchSpace.parse(lines);
    for (JsonNode study : fixtures().path("importances")) {
      List<Trial> trials = new ArrayList<>();
      for (JsonNode trial : study.path("trials")) {
        Map<String, String> values = new LinkedHashMap<>();
        trial
            .path("values")
            .fields()
            .forEachRemaining(field -> values.put(field.getKey(), field.getValue().asText()));
        trials.add(
            Trial.begin(trials.size(), values)
                .end(Trial.State.COMPLETE, trial.path("loss").asDouble()));
      }
      Map<String, Double> shares = Importance.of(space, trials);
      assertThat(shares).hasSize(4);
      shares.forEach(
          (name, share) ->
              assertThat(share)
                  .as("%s of %d trials", name, trials.size())
                  .isCloseTo(study.path("shares").path(name).asDouble(), within(1e-9)));
    }
  }
}
