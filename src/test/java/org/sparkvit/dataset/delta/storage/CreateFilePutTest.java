package org.sparkvit.dataset.delta.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;

/** A file system that knows the option of Hadoop 3.4.2, and answers as S3A does there. */
class CreateFilePutTest {
  private static final Path PATH = new Path("/entry");

  private final Map<Path, String> files = new HashMap<>();
  private final OptionFileSystem fs = new OptionFileSystem();

  private final class OptionFileSystem extends RawLocalFileSystem {
    private boolean knows = true;

    OptionFileSystem() {
      setConf(new Configuration(false));
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) {
      return knows && capability.equals("fs.option.create.conditional.overwrite");
    }

    @Override
    public FSDataOutputStreamBuilder<FSDataOutputStream, ?> createFile(Path path) {
      return new Builder(this, path);
    }
  }

  private final class Builder extends FSDataOutputStreamBuilder<FSDataOutputStream, Builder> {
    Builder(OptionFileSystem fs, Path path) {
      super(fs, path);
    }

    @Override
    public Builder getThisBuilder() {
      return this;
    }

    @Override
    public FSDataOutputStream build() throws IOException {
      assertThat(getMandatoryKeys()).isEqualTo(Set.of("fs.option.create.conditional.overwrite"));
      assertThat(getOptions().getBoolean("fs.option.create.conditional.overwrite", false)).isTrue();
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      return new FSDataOutputStream(
          new OutputStream() {
            @Override
            public void write(int b) {
              content.write(b);
            }

            @Override
            public void close() throws IOException {
              String text = content.toString(StandardCharsets.UTF_8);
              if (files.putIfAbsent(getPath(), text) != null) {
                throw new PathIOException(
                    getPath().toString(),
                    "At least one of the pre-conditions you specified did not hold (Service: S3,"
                        + " Status Code: 412, Request ID: 1)");
              }
            }
          },
          null);
    }
  }

  @Test
  void aFileIsMadeWhereNoneIs() throws IOException {
    ConditionalPut put = ConditionalPut.of(fs, PATH).orElseThrow();
    assertThat(put).isExactlyInstanceOf(CreateFilePut.class);
    put.put(PATH, "ours".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> put.put(PATH, "another's".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(files).isEqualTo(Map.of(PATH, "ours"));
  }

  @Test
  void whatDoesNotKnowTheOptionIsNotAsked() throws IOException {
    fs.knows = false;
    assertThat(ConditionalPut.of(fs, PATH)).isEmpty();
  }
}
