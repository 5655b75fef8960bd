package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;

class LostFileLineTest {
  private static final String FILE = "file:/my work/images/2026-a1/part-00003-b2-c000.parquet";

  @Test
  void aFileThatIsGoneIsOneLineHoweverDeepTheExceptionIs() {
    Throwable deep =
        new RuntimeException(
            "Job aborted due to stage failure",
            new RuntimeException(
                "Task failed while writing rows to /e/part-1-x.parquet.",
                new FileNotFoundException("File " + FILE + " does not exist\nIt is possible")));
    assertThat(LostFile.of(deep).orElseThrow().line())
        .hasMessage(
            "table 'images' cannot be read: its file "
                + FILE
                + " is gone or may not be read; bring it back from a copy, or move the table's"
                + " folder away and run 'spark-vit catalog'")
        .hasCause(deep);
  }

  @Test
  void soIsOneThatIsDamaged() {
    for (String words :
        new String[] {
          "Checksum error: " + FILE + " at 19456 exp: 12 got: -20",
          FILE + " is not a Parquet file. Expected magic number at tail",
          "Encountered error while reading file " + FILE + ". Details:",
        }) {
      assertThat(LostFile.of(new IOException(words)).orElseThrow().line())
          .hasMessageContaining("its file " + FILE + " is damaged;");
    }
  }

  @Test
  void otherFailuresAreNotTakenForIt() {
    assertThat(LostFile.of(new IOException("broken pipe at " + FILE))).isEmpty();
    assertThat(LostFile.of(new FileNotFoundException("file:/a/cat/b/part-1-x.parquet"))).isEmpty();
    assertThat(LostFile.of(new UserException(FILE + " is not a Parquet file"))).isEmpty();
  }
}
