package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;

class LabelTextTest {
  private static final LabelText PLAIN = new LabelText(false, Map.of());
  private static final LabelText WHOLE = new LabelText(true, Map.of());
  private static final LabelText NAMED =
      new LabelText(false, Map.of("a.parquet", List.of("cat", "dog")));

  @Test
  void wholeNumbersPrintAsSuchWhereAllOfTheColumnAre() {
    assertThat(WHOLE.of(1.0, "")).isEqualTo("1");
    assertThat(WHOLE.of(-0.0, "")).isEqualTo("0");
    assertThat(WHOLE.of(1e15, "")).isEqualTo("1000000000000000");
    assertThat(WHOLE.of(3.0f, "")).isEqualTo("3");
    assertThat(WHOLE.of(new BigDecimal("2.00"), "")).isEqualTo("2");
    assertThat(WHOLE.of("12.0", "")).isEqualTo("12");
    assertThat(PLAIN.of(1.0, "")).isEqualTo("1.0");
    assertThat(PLAIN.of("1.0", "")).isEqualTo("1.0");
  }

  @Test
  void floatingPointNumbersThatHaveLostDigitsAreRefused() {
    assertThat(WHOLE.of(0x1p53, "")).isEqualTo("9007199254740992");
    assertThat(WHOLE.of("9007199254740993.0", "")).isEqualTo("9007199254740993");
    for (Object lost : List.of(0x1p54, -0x1p54, 0x1p25f)) {
      assertThatThrownBy(() -> WHOLE.of(lost, ""))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("its neighbours are the same number; write the labels as text");
    }
  }

  @Test
  void notANumberIsNoLabel() {
    assertThat(WHOLE.of(Double.NaN, "")).isNull();
    assertThat(PLAIN.of(Float.NaN, "")).isNull();
    assertThat(PLAIN.of(null, "")).isNull();
    assertThat(PLAIN.of(" \t", "")).isNull();
  }

  @Test
  void otherTypesAndPlaceholdersStayAsTheyAreSpelled() {
    assertThat(PLAIN.of(true, "")).isEqualTo("true");
    assertThat(PLAIN.of(" N/A ", "")).isEqualTo("N/A");
    assertThat(PLAIN.of("01", "")).isEqualTo("01");
    assertThat(PLAIN.of(new BigDecimal("0.50"), "")).isEqualTo("0.50");
    assertThat(PLAIN.of(java.sql.Date.valueOf("2024-02-29"), "")).isEqualTo("2024-02-29");
    assertThat(PLAIN.of(Timestamp.from(Instant.EPOCH), "")).isEqualTo("1970-01-01T00:00:00Z");
  }

  @Test
  void bytesThatAreTextAreText() {
    assertThat(PLAIN.of("café".getBytes(StandardCharsets.UTF_8), "")).isEqualTo("café");
    assertThatThrownBy(() -> PLAIN.of(new byte[] {(byte) 0xFF}, ""))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no text");
  }

  @Test
  void numbersAreNamedByTheFilesOwnMetadata() {
    assertThat(NAMED.of(0L, "a.parquet")).isEqualTo("cat");
    assertThat(NAMED.of(1, "a.parquet")).isEqualTo("dog");
    assertThat(NAMED.of(1.0, "a.parquet")).isEqualTo("dog");
    assertThat(NAMED.of("dog", "a.parquet")).isEqualTo("dog");
    assertThat(NAMED.of(-1L, "a.parquet")).isNull();
  }

  @Test
  void numberWithoutANameIsAMistake() {
    for (Object wrong : List.of(2L, -2L, 0.5, 9_000_000_000_000_000_000L)) {
      assertThatThrownBy(() -> NAMED.of(wrong, "a.parquet"))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("is none of the 2 classes that the file's own metadata names");
    }
  }

  @Test
  void aNumberWithoutANameIsNoClassBesideNamedOnes() {
    assertThat(NAMED.of(1L, "a.parquet")).isEqualTo("dog");
    assertThat(NAMED.of("dog", "b.parquet")).isEqualTo("dog");
    assertThat(NAMED.of(null, "b.parquet")).isNull();
    assertThatThrownBy(() -> NAMED.of(1L, "b.parquet"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("label 1 is a number without a name, while");
  }
}
