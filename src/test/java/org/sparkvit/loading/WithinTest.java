package org.sparkvit.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WithinTest {
  private static final Within PETS = new Within(List.of("file:/data/pets", "s3a://bucket/pets"));

  @TempDir private java.nio.file.Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {"file:/data/pets/1.jpg", "file:/data/pets/../pets/1.jpg", "s3a://bucket/pets/1"})
  void pathsIntoAFolderPass(String path) {
    assertThat(PETS.refusal(new Path(path))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:/etc/passwd",
        "file:/data/pets/../../etc/passwd",
        "file:/data/petshop/1.jpg",
        "s3a://other/pets/1.jpg",
        "s3a://bucket/secret",
        "hdfs://node/data/pets/1.jpg"
      })
  void pathsOutAreRefused(String path) {
    assertThat(PETS.refusal(new Path(path)).orElseThrow())
        .isEqualTo(
            "leads out of file:/data/pets and s3a://bucket/pets; --within names the folder that"
                + " paths may lead to");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host/1.jpg", "HTTPS://host/1.jpg"})
  void webAddressesAreRefusedInPlainWords(String path) {
    assertThat(PETS.refusal(new Path(path)).orElseThrow()).startsWith("is a web address");
  }

  @Test
  void linksOutOfAFolderAreRefusedAndLinksWithinPass() throws IOException {
    java.nio.file.Path pets = Files.createDirectory(temp.resolve("pets"));
    java.nio.file.Path secret = Files.createFile(temp.resolve("secret"));
    Files.createFile(pets.resolve("1.jpg"));
    Files.createSymbolicLink(pets.resolve("in.jpg"), pets.resolve("1.jpg"));
    Files.createSymbolicLink(pets.resolve("out.jpg"), secret);
    Files.createSymbolicLink(pets.resolve("up"), temp);
    Within within = new Within(List.of("file:" + pets));
    assertThat(within.refusalOfLinks(new Path("file:" + pets + "/in.jpg"))).isEmpty();
    assertThat(within.refusalOfLinks(new Path("file:" + pets + "/gone.jpg"))).isEmpty();
    assertThat(within.refusalOfLinks(new Path("file:" + pets + "/out.jpg")).orElseThrow())
        .startsWith("is a link, or below one, that leads out of");
    assertThat(within.refusalOfLinks(new Path("file:" + pets + "/up/secret"))).isPresent();
    // The folder itself may be reached by a link.
    Files.createSymbolicLink(temp.resolve("alias"), pets);
    Within alias = new Within(List.of("file:" + temp.resolve("alias")));
    assertThat(alias.refusalOfLinks(new Path("file:" + temp + "/alias/in.jpg"))).isEmpty();
  }
}
