package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.tools.demo.DemoConfig;
import org.sparkvit.tools.demo.SampleRecipe;

/** The demo deletes folders, so it looks at what is in them first. */
class DemoCommandTest {
  @TempDir private Path folder;

  @Test
  void leavesAloneWhatIsNotItsOwn() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("thesis.txt"), "years of work");
    assertRefuses("not of an earlier demo", "--overwrite");
    assertThat(data.resolve("thesis.txt")).exists();
  }

  @Test
  void replacesAnEarlierDemoOnlyWhenAsked() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("about.json"), "{}");
    assertRefuses("pass --overwrite");
  }

  @Test
  void checksItsOptionsBeforeItDeletes() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("about.json"), "{}");
    assertRefuses("50 images", "--overwrite", "--images", "50");
    assertRefuses("0.5 wrong labels", "--overwrite", "--wrong-labels", "0.5");
    assertRefuses("0.05 sensitive images", "--overwrite", "--sensitive", "0.05");
    assertRefuses("--epochs is 0", "--overwrite", "--epochs", "0");
    assertThat(data.resolve("about.json")).exists();
  }

  @Test
  void aSmallDemoIsRicherInSensitiveImagesAndALargeOneAsItsPublishedFigures() {
    DemoConfig usual = parsed();
    assertThat(usual.recipe()).isEqualTo(recipe(2_000, 0.25));
    assertThat(usual.rounds()).isEqualTo(12);
    DemoConfig large = parsed("images", 12000);
    assertThat(large.recipe()).isEqualTo(recipe(12_000, 0.1));
    assertThat(large.rounds()).isEqualTo(10);
    DemoConfig chosen = parsed("images", 500, "sensitive", 0.1, "epochs", 3);
    assertThat(chosen.recipe()).isEqualTo(recipe(500, 0.1));
    assertThat(chosen.rounds()).isEqualTo(3);
  }

  private static SampleRecipe recipe(int images, double sensitiveShare) {
    return new SampleRecipe(images, sensitiveShare, 7, OptionalDouble.empty());
  }

  private static DemoConfig parsed(Object... options) {
    return Options.with(
        DemoConfig.class, Stream.concat(Stream.of("workspace", "x"), Stream.of(options)).toArray());
  }

  @Test
  void runsOnThisMachineOnly() {
    assertThatThrownBy(() -> Main.run("demo", "-w", "s3a://bucket/demo"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a folder on this machine");
  }

  private void assertRefuses(String message, String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "demo";
    arguments[1] = "-w";
    arguments[2] = folder.toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    assertThatThrownBy(() -> Main.run(arguments))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }
}
