package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;

class FullDiskLineTest {
  @Test
  void aFullDiskIsOneLineHoweverDeepTheExceptionIs() {
    Throwable deep =
        new IllegalStateException(
            "Job aborted",
            new UncheckedIOException(new IOException("/x/part-0: No space left on device\nat x")));
    FullDisk full = FullDisk.of(deep, "/nowhere/workspace").orElseThrow();
    assertThat(full.line())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("a disk is full: ")
        .hasMessageContaining("/x/part-0: No space left on device")
        .hasMessageContaining("MB at /nowhere/workspace (workspace)")
        .hasMessageNotContaining("\n");
  }

  @Test
  void whatIsSaidInWordsAlreadyAndOtherFailuresStayAsTheyAre() {
    assertThat(FullDisk.of(new UserException("No space left on device"), "w")).isEmpty();
    assertThat(FullDisk.of(new IOException("broken pipe"), "w")).isEmpty();
  }
}
