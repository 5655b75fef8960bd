package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.core.UserException;

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
    assertRefuses("--epochs is 0", "--overwrite", "--epochs", "0");
    assertThat(data.resolve("about.json")).exists();
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
