package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sparkvit.faults.Mutations;

/** Mutants of manifests are read, or refused in one line; nothing else is thrown. */
class ManifestFuzzTest {
  private static final int MUTANTS = 10_000;
  private static final List<String> PATHS = List.of("path", "file_name", "image");

  private static final List<byte[]> CSV =
      List.of(
          bytes("path,label,split\nimg/1.jpg,cat,train\nimg/2.jpg,dog,test\nimg/3.jpg,é,\n"),
          bytes(
              "\uFEFF,file_name;label\r\n0;\"img/1.jpg\";\"said \"\"so\"\"\"\r\n\r\n1;x.jpg;b\r\n"),
          "path\tlabel\nimg/1.jpg\tcaf\u00e9\n".getBytes(StandardCharsets.UTF_16));

  private static final List<byte[]> JSON =
      List.of(
          bytes(
              "{\"path\":\"img/1.jpg\",\"label\":\"cat\",\"x\":[1,{\"y\":2}]}\n{\"path\":\"é\"}\n"),
          bytes("{\"file_name\":\"1.jpg\",\"label\":1.0,\"objects\":{\"bbox\":[[0,0,1,1]]}}\r\n"));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static TextReader text(byte[] mutant) throws IOException {
    return new TextReader("manifest", new ByteArrayInputStream(mutant), StandardCharsets.UTF_8);
  }

  @Test
  void mutatedCsvIsReadOrRefused() {
    Map<String, Integer> outcomes =
        Mutations.tried(
            "CSV manifests",
            CSV,
            Mutations::anywhere,
            MUTANTS,
            1,
            mutant -> {
              CsvTable csv =
                  new CsvTable(
                      "manifest",
                      "a.csv",
                      text(mutant),
                      TextFormat.of(Optional.empty(), Optional.empty()),
                      PATHS);
              int columns = csv.header().size();
              csv.forEachRemaining(row -> assertThat(row.cells()).hasSize(columns));
              return "read";
            });
    assertThat(outcomes).containsOnlyKeys("read", Mutations.REFUSED);
  }

  @Test
  void mutatedJsonLinesAreReadOrRefused() {
    Map<String, Integer> outcomes =
        Mutations.tried(
            "JSON lines manifests",
            JSON,
            Mutations::anywhere,
            MUTANTS,
            1,
            mutant -> {
              new JsonRecords("manifest", text(mutant))
                  .forEachRemaining(row -> assertThat(row.cells()).hasSize(1));
              return "read";
            });
    assertThat(outcomes).containsOnlyKeys("read", Mutations.REFUSED);
  }
}
