package org.sparkvit.core.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.UserException;

/** One declaration of an option gives its name, default, range, value and what records say. */
class OptionsTest {
  enum Color {
    RED,
    DARK_BLUE
  }

  /** A type of our own, read by its own method. */
  record Size(int width) {
    public static Size parse(String text) {
      if (!text.matches("w\\d+")) {
        throw new IllegalArgumentException("is no size");
      }
      return new Size(Integer.parseInt(text.substring(1)));
    }

    @Override
    public String toString() {
      return "w" + width;
    }
  }

  record Shared(
      @Option(standard = "2", least = 1, greatest = 9, help = "Threads.") int decodeThreads,
      @SeedOption long seed) {}

  record Example(
      @WorkspaceOption String workspace,
      @Option(standard = "0.5", least = 0, aboveLeast = true, greatest = 1, help = "Rate.")
          double rate,
      @Option(standard = "1", help = "Ratio.") BigDecimal ratio,
      @Option(standard = "dark-blue", help = "Color.") Color color,
      @Option(
              standard = "auto",
              choices = {"auto", "cpu", "gpu"},
              help = "Device.")
          String device,
      @Option(standard = "true", help = "Flip.") boolean flip,
      @Option(name = "no-plan", inverted = true, help = "Ignore the plan.") boolean usePlan,
      @Option(help = "Slices.") Optional<List<String>> slices,
      @Option(standard = "1,2", least = 0, help = "Strengths.") List<Double> strengths,
      @Option(label = "CLASS=P", greatest = 1, help = "Floors.") Map<String, Double> floors,
      @Option(help = "Side.") Optional<Integer> side,
      @Option(help = "Folder.") Optional<Path> folder,
      @Option(standard = "w3", help = "Size.") Size size,
      Shared shared) {}

  private static Example read(String name, String... values) {
    return Options.read(Example.class, Map.of("workspace", List.of("w"), name, List.of(values)));
  }

  @Test
  void whatIsNotGivenHasItsDefault() {
    Example example = Options.with(Example.class, "workspace", "w");
    assertThat(example)
        .isEqualTo(
            new Example(
                "w",
                0.5,
                BigDecimal.ONE,
                Color.DARK_BLUE,
                "auto",
                true,
                true,
                Optional.empty(),
                List.of(1.0, 2.0),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                new Size(3),
                new Shared(2, 0)));
  }

  @Test
  void valuesAreReadByTheirTypes() {
    assertThat(read("color", "RED").color()).isEqualTo(Color.RED);
    assertThat(read("color", "Dark_Blue").color()).isEqualTo(Color.DARK_BLUE);
    assertThat(read("no-plan", "true").usePlan()).isFalse();
    assertThat(read("flip", "false").flip()).isFalse();
    assertThat(read("slices", "a, b", "c").slices()).contains(List.of("a", "b", "c"));
    assertThat(read("slices", "").slices()).contains(List.of());
    assertThat(read("floors", "a=b=0.5,c=1").floors()).isEqualTo(Map.of("a=b", 0.5, "c", 1.0));
    assertThat(read("side", "7").side()).contains(7);
    assertThat(read("folder", "/x").folder()).contains(Path.of("/x"));
    assertThat(read("size", "w12").size()).isEqualTo(new Size(12));
    assertThat(read("decode-threads", "3").shared().decodeThreads()).isEqualTo(3);
    assertThat(read("rate", "0.1", "0.2").rate()).as("the last one counts").isEqualTo(0.2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rate|0|--rate is 0.0; use more than 0 and 1 at most",
        "rate|NaN|--rate: 'NaN' is no number",
        "rate|many|--rate: 'many' is no number",
        "decode-threads|0|--decode-threads is 0; use from 1 to 9",
        "decode-threads|1.5|--decode-threads: '1.5' is no whole number",
        "device|tpu|--device is 'tpu'; use auto, cpu or gpu",
        "color|green|--color is 'green'; use red or dark-blue",
        "flip|perhaps|--flip is 'perhaps'; use true or false",
        "size|h7|--size: 'h7' is no size",
        "strengths|1,-1|--strengths is -1.0; use 0 or more",
        "floors|a|--floors is 'a'; use CLASS=P",
        "floors|a=2|--floors is 2.0; use 1 at most",
        "bach-size|1|'bach-size' is no option here; there are color, decode-threads"
      })
  void mistakesNameTheOptionItsValueAndTheFix(String name, String value, String message) {
    assertThatThrownBy(() -> read(name, value))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatIsRequiredIsAskedFor() {
    assertThatThrownBy(() -> Options.with(Example.class))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--workspace is missing");
  }

  @Test
  void aRecordThatAProgramMadeIsCheckedToo() {
    assertThatThrownBy(() -> Options.check(new Shared(0, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--decode-threads is 0");
    Options.check(new Shared(1, 1));
  }

  @Test
  void valuesAreShownByTheirNamesAndCanBeReadAgain() {
    Example example = read("floors", "a=0.5");
    Map<String, Object> values = Options.values(example);
    assertThat(values)
        .containsEntry("color", "dark-blue")
        .containsEntry("no-plan", false)
        .containsEntry("decode-threads", 2)
        .containsEntry("seed", 0L)
        .containsEntry("floors", Map.of("a", 0.5))
        .containsEntry("size", "w3")
        .doesNotContainKey("side");
    assertThat(Options.value(example, "rate")).contains(0.5);
  }

  @Test
  void textsAreWhatAPersonWouldWrite() {
    Example example =
        Options.with(
            Example.class,
            "workspace",
            "w",
            "floors",
            "a=0.5,b=1",
            "slices",
            "x,y",
            "no-plan",
            true,
            "side",
            7);
    Map<String, String> texts = Options.texts(example);
    assertThat(texts)
        .containsEntry("floors", "a=0.5,b=1.0")
        .containsEntry("slices", "x,y")
        .containsEntry("strengths", "1.0,2.0")
        .containsEntry("no-plan", "true")
        .containsEntry("color", "dark-blue")
        .doesNotContainKey("folder");
    Map<String, List<String>> given = new java.util.LinkedHashMap<>();
    texts.forEach((name, text) -> given.put(name, List.of(text)));
    assertThat(Options.read(Example.class, given)).isEqualTo(example);
  }

  @Test
  void aSpecSaysWhatTheHelpShows() {
    Map<String, OptionSpec> options = new java.util.LinkedHashMap<>();
    Options.list(Example.class).forEach(option -> options.put(option.name(), option));
    assertThat(options.keySet()).startsWith("workspace", "rate").endsWith("decode-threads", "seed");
    assertThat(options.get("workspace").isRequired()).isTrue();
    assertThat(options.get("workspace").shortFlag()).contains("-w");
    assertThat(options.get("color").label()).isEqualTo("red|dark-blue");
    assertThat(options.get("rate").label()).isEqualTo("N");
    assertThat(options.get("flip").isOn()).isTrue();
    assertThat(options.get("no-plan").standard()).contains("false");
    assertThat(options.get("slices").isRepeatable()).isTrue();
    assertThat(options.get("side").isRequired()).isFalse();
  }
}
