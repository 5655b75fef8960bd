package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.OptionSpec;
import org.sparkvit.core.options.Options;
import org.sparkvit.pipeline.stage.Stage;

/** Numbers that are none, that are infinite, or that would wrap around or exhaust the machine. */
class NumberOptionsTest {
  /** Options whose largest value is harmless: seeds, and limits that are never reached. */
  private static final Set<String> ANY_LARGE =
      Set.of(
          "--seed",
          "--sampler-seed",
          "--review-limit",
          "--images-per-day",
          "--chunk-images",
          "--target",
          "--checkpoint-steps",
          "--log-steps",
          "--patience",
          "--minutes",
          "--prune-after",
          "--unfreeze-every",
          "--prune-reduction",
          "--min-class");

  static Stream<Arguments> numbersOfStages() {
    return Stages.ALL.stream()
        .flatMap(
            stage ->
                Options.list(stage.options()).stream()
                    .filter(OptionSpec::isNumber)
                    .map(option -> Arguments.of(stage, option)));
  }

  @ParameterizedTest
  @MethodSource("numbersOfStages")
  void noNumberOfAStageIsNoneOrExhaustsTheMachine(Stage<?> stage, OptionSpec option) {
    for (String value : List.of("NaN", "Infinity", "-Infinity", "1e300", "many")) {
      assertThatThrownBy(() -> read(stage, option, value))
          .as(option.flag() + " " + value)
          .isInstanceOf(UserException.class)
          .hasMessageContaining(option.flag())
          .hasMessageContaining(value);
    }
    if (!ANY_LARGE.contains(option.flag()) && isWhole(stage, option)) {
      assertThatThrownBy(() -> read(stage, option, "2147483647"))
          .as(option.flag())
          .isInstanceOf(UserException.class)
          .hasMessageContaining(option.flag() + " is 2147483647; use ");
    }
  }

  private static boolean isWhole(Stage<?> stage, OptionSpec option) {
    try {
      read(stage, option, "1.5");
      return false;
    } catch (UserException e) {
      return e.getMessage().contains("is no whole number");
    }
  }

  private static void read(Stage<?> stage, OptionSpec option, String value) {
    Map<String, List<String>> given = new HashMap<>();
    for (OptionSpec other : Options.list(stage.options())) {
      if (other.isRequired()) {
        given.put(other.name(), List.of("conf/space.properties"));
      }
    }
    given.put(option.name(), List.of(value));
    stage.read(given);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9999999999g", "99999999999999999999", "-1", "1.5g", "NaN", "", "g"})
  void sizesThatAreNone(String size) {
    assertThatThrownBy(() -> Main.run("pack", "-w", "x", "--shard-size=" + size))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--shard-size")
        .hasMessageContaining(size);
  }

  @Test
  void sizesOfPeople() {
    assertThat(Numbers.bytes("256m")).isEqualTo(256L << 20);
    assertThat(Numbers.bytes("7")).isEqualTo(7);
    assertThat(Numbers.bytes("2G")).isEqualTo(2L << 30);
  }

  @Test
  void aMessageOfAThousandNamesKeepsItsEnd() {
    String message =
        new UserException("it has " + "name, ".repeat(1_000) + "; drop some").getMessage();
    assertThat(message).hasSizeLessThan(2_100).startsWith("it has name").endsWith("; drop some");
    assertThat(new UserException("a \u001b[31mname\u0000").getMessage()).isEqualTo("a ?[31mname?");
  }
}
