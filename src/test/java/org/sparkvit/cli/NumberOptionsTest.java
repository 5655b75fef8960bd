package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
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
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.pipeline.stage.Stage;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Numbers that are none, that are infinite, or that would wrap around or exhaust the machine. */
class NumberOptionsTest {
  private static final Set<Class<?>> REAL = Set.of(double.class, Double.class, BigDecimal.class);
  private static final Set<Class<?>> WHOLE =
      Set.of(int.class, Integer.class, long.class, Long.class);

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

  static Stream<Arguments> numbers() {
    return MainTest.commands()
        .flatMap(
            command ->
                Main.commandLine().getSubcommands().get(command).getCommandSpec().options().stream()
                    .filter(option -> REAL.contains(type(option)) || WHOLE.contains(type(option)))
                    .map(option -> Arguments.of(command, option.longestName())));
  }

  private static Class<?> type(OptionSpec option) {
    Class<?>[] types = option.auxiliaryTypes();
    return option.typeInfo().isCollection() || option.typeInfo().isMap()
        ? types[types.length - 1]
        : option.type();
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void noNumberOptionTakesWhatIsNone(String command, String option) {
    List<String> values = List.of("NaN", "Infinity", "-Infinity", "1e300", "1e999999999", "many");
    for (String value : values) {
      assertThatThrownBy(() -> prepare(command, option, value))
          .as(command + " " + option + " " + value)
          .isInstanceOfAny(UserException.class, ParameterException.class)
          .hasMessageContaining(option)
          .hasMessageContaining(value);
    }
    assertThatThrownBy(() -> prepare(command, option, "99999999999999999999"))
        .isInstanceOfAny(UserException.class, ParameterException.class)
        .hasMessageContaining(option);
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void noNumberExhaustsTheMachine(String command, String option) {
    CommandLine line = Main.commandLine().getSubcommands().get(command);
    if (ANY_LARGE.contains(option)
        || REAL.contains(type(line.getCommandSpec().findOption(option)))) {
      return;
    }
    assertThatThrownBy(() -> prepare(command, option, "2147483647"))
        .as(command + " " + option)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("2147483647");
  }

  static Stream<Arguments> numbersOfStages() {
    return Stages.ALL.stream()
        .flatMap(
            stage ->
                Options.list(stage.options()).stream()
                    .filter(org.sparkvit.core.options.OptionSpec::isNumber)
                    .map(option -> Arguments.of(stage, option)));
  }

  @ParameterizedTest
  @MethodSource("numbersOfStages")
  void noNumberOfAStageIsNoneOrExhaustsTheMachine(
      Stage<?> stage, org.sparkvit.core.options.OptionSpec option) {
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

  private static boolean isWhole(Stage<?> stage, org.sparkvit.core.options.OptionSpec option) {
    try {
      read(stage, option, "1.5");
      return false;
    } catch (UserException e) {
      return e.getMessage().contains("is no whole number");
    }
  }

  private static void read(
      Stage<?> stage, org.sparkvit.core.options.OptionSpec option, String value) {
    Map<String, List<String>> given = new HashMap<>();
    for (org.sparkvit.core.options.OptionSpec other : Options.list(stage.options())) {
      if (other.isRequired()) {
        given.put(other.name(), List.of("conf/space.properties"));
      }
    }
    given.put(option.name(), List.of(value));
    stage.read(given);
  }

  /** What {@code run} does before Spark starts. */
  private static void prepare(String command, String option, String value) {
    List<String> arguments = new ArrayList<>(List.of(command));
    CommandLine main = Main.commandLine();
    for (OptionSpec other : main.getSubcommands().get(command).getCommandSpec().options()) {
      if (other.required()) {
        arguments.addAll(List.of(other.longestName(), "conf/space.properties"));
      }
    }
    boolean map =
        main.getSubcommands().get(command).getCommandSpec().findOption(option).typeInfo().isMap();
    arguments.add(option + "=" + (map ? "cat=" : "") + value);
    CommandLine parsed =
        main.parseArgs(arguments.toArray(new String[0])).subcommand().commandSpec().commandLine();
    NumberOptions.requireBounded(parsed.getCommandSpec());
    ((SparkCommand) parsed.getCommand()).prepare(Progress.SILENT);
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
