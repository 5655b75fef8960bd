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
  void whatWasToBeWrittenIsNamedInPlaceOfSparksWordsAboutItsTask() {
    String task =
        "[TASK_WRITE_FAILED] Task failed while writing rows to file:/my w/images/part.\n\tat x\n"
            + "Caused by: java.io.IOException: No space left on device";
    Throwable rows =
        new IllegalStateException(
            "Job aborted due to stage failure: Lost task 0.0 (TID 4) (x driver): Y: " + task,
            new IllegalStateException(task.lines().findFirst().orElseThrow()));
    assertThat(FullDisk.of(rows, "/nowhere").orElseThrow().message())
        .isEqualTo(
            "No space left on device, where rows were to be written to file:/my w/images/part");
    Throwable shuffle =
        new IllegalStateException(
            "Job aborted due to stage failure: Lost task 0.0 (TID 4) (x driver):"
                + " java.io.IOException: No space left on device\n\tat x");
    assertThat(FullDisk.of(shuffle, "/nowhere").orElseThrow().message())
        .isEqualTo("No space left on device");
    Throwable file =
        new UncheckedIOException(
            "writing the model",
            new IOException(
                "file:/w/model (12,345 B): No space left on device",
                new IOException("No space left on device")));
    assertThat(FullDisk.of(file, "/nowhere").orElseThrow().message())
        .isEqualTo("file:/w/model (12,345 B): No space left on device");
  }

  @Test
  void whatIsSaidInWordsAlreadyAndOtherFailuresStayAsTheyAre() {
    assertThat(FullDisk.of(new UserException("No space left on device"), "w")).isEmpty();
    assertThat(FullDisk.of(new IOException("broken pipe"), "w")).isEmpty();
  }
}
