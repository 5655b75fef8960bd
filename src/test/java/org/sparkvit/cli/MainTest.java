package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkvit.core.UserException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a person meets before Spark starts: help, mistakes, and where option values come from. */
class MainTest {
  @TempDir private Path folder;

  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().entrySet().stream()
        .filter(entry -> entry.getValue().getCommand() instanceof SparkCommand)
        .map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsExplained(String command) {
    CommandSpec spec = Main.commandLine().getSubcommands().get(command).getCommandSpec();
    assertThat(spec.usageMessage().description()).isNotEmpty();
    for (OptionSpec option : spec.options()) {
      assertThat(option.description()).as(command + " " + option.longestName()).isNotEmpty();
    }
    assertThat(output(command, "--help"))
        .contains("--workspace")
        .contains("Usage: spark-vit " + command);
  }

  @Test
  void lettersThatTheLocaleLostAreSaid() {
    assertThatThrownBy(() -> Main.run("catalog", "--workspace", "w", "--input", "K\uFFFD\uFFFDtze"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("K\uFFFD\uFFFDtze")
        .hasMessageContaining("LC_ALL=C.UTF-8");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasAScript(String command) {
    assertThat(Path.of("jobs", command)).isExecutable();
  }

  /** With the # taken away it is a file for --config that changes nothing. */
  @ParameterizedTest
  @MethodSource("commands")
  void theFileOfDefaultsHasEveryOptionAndChangesNothing(String command) throws IOException {
    String text = output("defaults", command);
    assertThat(text.lines()).allMatch(line -> line.isEmpty() || line.startsWith("#"));
    CommandSpec spec = Main.commandLine().getSubcommands().get(command).getCommandSpec();
    List<String> required = new ArrayList<>(List.of(command));
    for (OptionSpec option : spec.options()) {
      if (!option.usageHelp()
          && !option.longestName().equals(Main.HELP_ALL)
          && !option.versionHelp()
          && !option.longestName().equals("--config")) {
        assertThat(text).contains("#" + option.longestName().substring(2) + " =");
      }
      if (option.required()) {
        required.addAll(List.of(option.longestName(), "x"));
      }
    }
    Path file = folder.resolve(command + ".properties");
    Files.writeString(file, text.replaceAll("(?m)^#([a-z0-9-]+ = )", "$1"));
    Map<String, Object> without = values(command, required);
    required.addAll(List.of("--config", file.toString()));
    Map<String, Object> with = values(command, required);
    with.remove("--config");
    without.remove("--config");
    assertThat(with).isEqualTo(without);
  }

  private static Map<String, Object> values(String command, List<String> arguments) {
    CommandLine main = Main.commandLine();
    main.setDefaultValueProvider(ConfigFile.fromArguments(arguments.toArray(new String[0])));
    main.parseArgs(arguments.toArray(new String[0]));
    Map<String, Object> values = new HashMap<>();
    for (OptionSpec option : main.getSubcommands().get(command).getCommandSpec().options()) {
      Object value = option.getValue();
      values.put(option.longestName(), value == null ? "" : value.toString());
    }
    return values;
  }

  /** A newcomer sees what counts on one screen; the rest is a flag away. */
  @ParameterizedTest
  @MethodSource("commands")
  void helpIsShortAndHelpAllSaysAll(String command) {
    String all = output(command, "--help-all");
    CommandSpec spec = Main.commandLine().getSubcommands().get(command).getCommandSpec();
    for (OptionSpec option : spec.options()) {
      assertThat(all)
          .containsAnyOf(option.longestName(), "--[no-]" + option.longestName().substring(2));
    }
    String help = output(command, "--help");
    assertThat(help.lines().count()).isLessThanOrEqualTo(all.lines().count());
    assertThat(all + help).doesNotContain("=PARAM").contains("Usage: spark-vit " + command);
  }

  @Test
  void theHelpOfCatalogListsTheFormatsThatAreRead() {
    assertThat(output("catalog", "--help").replaceAll("\\s+", " "))
        .contains(
            "Formats: JPEG, PNG, GIF, BMP, TIFF, WebP, PBM, PGM, PPM, and with libheif HEIC and"
                + " AVIF;");
  }

  @Test
  void everyCommandIsInOneGroupOfTheOverview() {
    assertThat(CommandGroups.GROUPS.values().stream().flatMap(List::stream).toList())
        .containsExactlyInAnyOrderElementsOf(Main.commandLine().getSubcommands().keySet());
    assertThat(output("--help")).contains("Look at data:", "Operate:");
  }

  @Test
  void mistakesAreOneLineWithTheFix() {
    assertThatThrownBy(() -> Main.run("score", "-w", "x", "--devise", "cpu"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--devise")
        .hasMessageContaining("--help")
        .message()
        .doesNotContain("\n");
    assertThatThrownBy(() -> Main.run("scoer"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("scoer");
    assertThatThrownBy(() -> Main.run("score"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--workspace");
    assertThatThrownBy(() -> Main.run("score", "-w", "x", "--batch-size", "many"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--batch-size")
        .hasMessageContaining("many");
    assertThatThrownBy(() -> Main.run("score", "-w", "x", "--device", "tpu"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("tpu")
        .hasMessageContaining("auto, cpu or gpu");
  }

  @Test
  void aUserExceptionHasNoTrace() {
    assertThat(new UserException("first\n second").getMessage()).isEqualTo("first second");
    assertThat(new UserException("x").getStackTrace()).isEmpty();
  }

  @Test
  void flagWinsOverFileWinsOverDefault() throws IOException {
    Path file = folder.resolve("score.properties");
    Files.writeString(file, "batch-size = 5\ndevice = cpu\n");
    CommandLine main = Main.commandLine();
    String[] arguments = {"score", "-w", "x", "--config", file.toString(), "--device", "gpu"};
    main.setDefaultValueProvider(ConfigFile.fromArguments(arguments));
    main.parseArgs(arguments);
    CommandSpec spec = main.getSubcommands().get("score").getCommandSpec();
    assertThat(spec.findOption("--device").<String>getValue()).isEqualTo("gpu");
    assertThat(spec.findOption("--batch-size").<String>getValue()).isEqualTo("5");
    assertThat(spec.findOption("--precision").<String>getValue()).isEqualTo("auto");
  }

  /** Picocli's flags mean the opposite of their default, which here may come from a file. */
  @ParameterizedTest
  @MethodSource("commands")
  void aFlagThatTheFileSetsTooStaysSet(String command) throws IOException {
    CommandSpec spec = Main.commandLine().getSubcommands().get(command).getCommandSpec();
    List<String> required = new ArrayList<>(List.of(command));
    for (OptionSpec option : spec.options()) {
      if (option.required()) {
        required.addAll(List.of(option.longestName(), "x"));
      }
    }
    Path file = folder.resolve(command + ".properties");
    required.addAll(List.of("--config", file.toString()));
    for (OptionSpec flag : spec.options()) {
      if (flag.type() != boolean.class
          || flag.arity().max() > 0
          || flag.usageHelp()
          || flag.longestName().equals(Main.HELP_ALL)
          || flag.versionHelp()) {
        continue;
      }
      String name = flag.longestName();
      Files.writeString(file, name.substring(2) + " = true\n");
      List<String> arguments = new ArrayList<>(required);
      arguments.add(name);
      CommandLine main = Main.commandLine();
      main.setDefaultValueProvider(ConfigFile.fromArguments(arguments.toArray(new String[0])));
      main.parseArgs(arguments.toArray(new String[0]));
      CommandSpec parsed = main.getSubcommands().get(command).getCommandSpec();
      assertThat(parsed.findOption(name).<Boolean>getValue()).as(command + " " + name).isTrue();
    }
  }

  @Test
  void aFileWithAKeyThatNoOptionHasIsRefused() throws IOException {
    Path file = folder.resolve("score.properties");
    Files.writeString(file, "bach-size = 5\n");
    assertThatThrownBy(() -> Main.run("score", "-w", "x", "--config", file.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("bach-size")
        .hasMessageContaining("batch-size");
    assertThatThrownBy(() -> Main.run("score", "-w", "x", "--config=" + folder.resolve("none")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void withoutACommandTheHelpListsAll() {
    assertThat(output())
        .contains("catalog", "split", "balance", "train", "score", "evaluate", "report", "demo");
  }

  private static String output(String... arguments) {
    PrintStream standard = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Main.run(arguments);
    } finally {
      System.setOut(standard);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
