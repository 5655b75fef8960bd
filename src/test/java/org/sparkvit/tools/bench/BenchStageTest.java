package org.sparkvit.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.tools.bench.BenchConfig.Measure;

class BenchStageTest extends SparkTest {
  private static final String FIGURE = "[\\d,]+\\.\\d+";

  @TempDir private Path folder;

  /** Nor the one that the environment names. */
  private static final Optional<String> NO_PYTHON = Optional.of("");

  private BenchConfig config(List<String> made, List<String> measures, Optional<String> python) {
    return new BenchConfig(
        folder.resolve("workspace").toString(),
        made,
        measures.stream().map(name -> Measure.valueOf(name.toUpperCase(Locale.ROOT))).toList(),
        List.of(ViTSize.TINY),
        List.of(),
        List.of("fp32", "int8"),
        "cpu",
        16,
        2,
        1,
        1,
        python);
  }

  private static List<String> run(BenchConfig config) {
    List<String> lines = new ArrayList<>();
    new BenchStage().run(spark, config, lines::add);
    return lines;
  }

  @Test
  void whatIsMeasuredIsSaidAndComparedAndNothingIsLeft() {
    List<String> all = Stream.of(Measure.values()).map(Measure::name).toList();
    List<String> lines = run(config(List.of("96x64"), all, NO_PYTHON));
    for (String name : List.of("decode", "pipeline")) {
      assertThat(lines)
          .anyMatch(
              line -> line.matches("96x64: " + name + " " + FIGURE + " images/s, .* per core"));
    }
    String of = "96x64, ViT-tiny/16: ";
    for (String name :
        List.of("model fp32", "model int8", "score fp32", "score int8", "plain DJL job")) {
      assertThat(lines)
          .anyMatch(line -> line.matches(of + name + " " + FIGURE + " images/s, .* per core"));
    }
    for (String ratio :
        List.of(
            "score fp32 / model fp32",
            "score int8 / model int8",
            "model int8 / model fp32",
            "score int8 / plain DJL job")) {
      assertThat(lines)
          .anyMatch(line -> line.matches(of + ratio + " = \\d+\\.\\d\\d \\(rounds: .*\\)"));
    }
    // Nobody else is there to compare with, and that is said.
    assertThat(lines)
        .anyMatch(line -> line.contains("without pillow: name a Python"))
        .anyMatch(line -> line.contains("without transformers: name a Python"));
    assertThat(folder.resolve("workspace").toFile().list()).isNullOrEmpty();
  }

  @Test
  @Tag("slow")
  void pythonOnTheSameFiles() {
    String python = System.getenv("SPARK_VIT_PYTHON");
    assumeThat(python).as("SPARK_VIT_PYTHON names no Python with transformers").isNotBlank();
    List<String> lines =
        run(
            config(
                List.of("96x64"),
                List.of(
                    "pipeline",
                    "pillow",
                    "audit",
                    "checks",
                    "model",
                    "torch",
                    "score",
                    "transformers",
                    "train"),
                Optional.of(python)));
    assertThat(lines)
        .anyMatch(line -> line.matches("96x64: pipeline / Pillow = .*"))
        .anyMatch(line -> line.matches("96x64, ViT-tiny/16: score int8 / transformers fp32 = .*"))
        .anyMatch(line -> line.matches("96x64, ViT-tiny/16: model fp32 / PyTorch model fp32 = .*"))
        .anyMatch(line -> line.matches(".*: train fp32 / PyTorch training fp32 = .*"));
  }

  @Test
  void trainingBesideLoopsIsHeldAgainstWhatIsFair() {
    List<String> lines = run(config(List.of(), List.of("crowded"), Optional.empty()));
    assertThat(lines)
        .anyMatch(line -> line.matches(".*: train fp32 beside loops / train fp32 = .*"))
        .anyMatch(line -> line.matches(".*: counting beside loops / counting = .*"));
    assertThat(ProcessHandle.current().children()).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void aPythonThatIsNotThere() {
    assertThatThrownBy(
            () -> run(config(List.of("96x64"), List.of("pillow"), Optional.of("no-python"))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--python 'no-python'");
  }

  @Test
  void mistakesInOptions() {
    assertThatThrownBy(() -> run(config(List.of("96"), List.of("decode"), Optional.empty())))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--made-images has '96'");
    assertThatThrownBy(() -> Options.with(BenchConfig.class, "workspace", "w", "measure", "encode"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--measure is 'encode'; use decode, ");
    assertThatThrownBy(
            () ->
                new BenchStage()
                    .read(Map.of("workspace", List.of("w"), "train-from", List.of("nowhere"))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--train-from has 'nowhere'");
  }

  @Test
  void whatComparesIsTheTwoFiguresOfOneRound() {
    Rates rates = new Rates();
    for (double[] round : new double[][] {{10, 5}, {30, 10}, {8, 8}}) {
      rates.add("one", round[0]);
      rates.add("other", round[1]);
    }
    assertThat(rates.ratios("one", "other")).containsExactly(2.0, 3.0, 1.0);
    assertThat(Rates.median(rates.ratios("one", "other"))).isEqualTo(2);
    assertThat(Rates.median(List.of(1.0, 2.0))).isCloseTo(1.5, within(0.0));
    assertThat(rates.ratios("one", "none")).isEmpty();
    List<String> lines = new ArrayList<>();
    rates.say(lines::add, "x", 2);
    rates.compare(lines::add, "x", "one", "other");
    rates.compare(lines::add, "x", "one", "none");
    assertThat(lines)
        .containsExactly(
            "x: one 10.0 images/s, 5.0 per core",
            "x: other 8.0 images/s, 4.0 per core",
            "x: one / other = 2.00 (rounds: 2.00, 3.00, 1.00)");
  }
}
