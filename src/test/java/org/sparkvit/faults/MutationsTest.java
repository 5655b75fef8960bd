package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;

class MutationsTest {
  private static final byte[] ORIGINAL = "0123456789".repeat(20).getBytes(StandardCharsets.UTF_8);

  @Test
  void aSeedDrawsItsMutantAgainAndLeavesTheOriginal() {
    Set<String> mutants = new HashSet<>();
    for (int seed = 0; seed < 200; seed++) {
      byte[] mutant = Mutations.anywhere(ORIGINAL, new Random(seed));
      assertThat(Mutations.anywhere(ORIGINAL, new Random(seed))).isEqualTo(mutant);
      mutants.add(Arrays.toString(mutant));
    }
    assertThat(mutants).hasSizeGreaterThan(180);
    assertThat(new String(ORIGINAL, StandardCharsets.UTF_8)).isEqualTo("0123456789".repeat(20));
  }

  @Test
  void outcomesAreCountedAndWhatIsNotAllowedNamesItsSeed() {
    Mutations.Mutator mutator = (original, random) -> new byte[] {(byte) random.nextInt(4)};
    assertThat(
            Mutations.tried(
                "digits", List.of(ORIGINAL), mutator, 100, 7, m -> m[0] == 0 ? refuse() : "read"))
        .containsOnlyKeys(Mutations.REFUSED, "read")
        .values()
        .satisfies(numbers -> assertThat(numbers.stream().mapToInt(n -> n).sum()).isEqualTo(100));
    assertThatThrownBy(
            () ->
                Mutations.tried(
                    "digits",
                    List.of(ORIGINAL),
                    (original, random) -> original,
                    1,
                    7,
                    m -> "read".substring(5)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("digits, mutant of seed 7: ")
        .hasCauseInstanceOf(StringIndexOutOfBoundsException.class);
  }

  private static String refuse() {
    throw new UserException("no");
  }
}
