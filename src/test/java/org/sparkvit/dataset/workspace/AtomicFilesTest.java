package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir private java.nio.file.Path folder;

  /** As an earlier version left it: with a checksum beside it. */
  private Path withChecksum(FileSystem fs, String text) throws IOException {
    Path file = new Path(folder.resolve("study.jsonl").toUri());
    try (FSDataOutputStream out = fs.create(file, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(folder.resolve(".study.jsonl.crc")).exists();
    return file;
  }

  @Test
  void aFileWhoseChecksumIsOfAnotherIsStillRead() throws IOException {
    FileSystem fs = FileSystem.getLocal(new Configuration());
    Path file = withChecksum(fs, "first");
    // What a process leaves that is killed between the two renames.
    Files.writeString(folder.resolve("study.jsonl"), "first and second");
    assertThatThrownBy(
            () -> {
              try (FSDataInputStream in = fs.open(file)) {
                in.readAllBytes();
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(Presence.text(fs, file)).hasValue("first and second");
  }

  @Test
  void replacingLeavesNoChecksumAndNothingElse() throws IOException {
    FileSystem fs = FileSystem.getLocal(new Configuration());
    Path file = withChecksum(fs, "first");
    AtomicFiles.write(fs, file, "second, which is longer");
    assertThat(Presence.text(fs, file)).hasValue("second, which is longer");
    try (FSDataInputStream in = fs.open(file)) {
      assertThat(in.readAllBytes()).asString().isEqualTo("second, which is longer");
    }
    try (Stream<java.nio.file.Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString())).containsExactly("study.jsonl");
    }
    Path deeper = new Path(folder.resolve("a/b/c.json").toUri());
    AtomicFiles.write(fs, deeper, "{}");
    assertThat(Presence.text(fs, deeper)).hasValue("{}");
    assertThat(Presence.text(fs, new Path(folder.resolve("no").toUri()))).isEmpty();
  }
}
