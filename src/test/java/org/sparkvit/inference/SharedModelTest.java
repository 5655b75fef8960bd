package org.sparkvit.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which device a task uses, by what was asked, what Spark assigned and what PyTorch can use. */
class SharedModelTest {
  @ParameterizedTest
  @CsvSource({
    "cpu,  3, true,  cpu",
    "gpu,  3, true,  gpu:3",
    // PyTorch then says that there is none, instead of going on on the CPU.
    "gpu,  3, false, gpu:3",
    "gpu,   , true,  gpu",
    "auto, 1, true,  gpu:1",
    "auto, 1, false, auto",
    "auto,  , true,  auto",
  })
  void device(String asked, String assigned, boolean usable, String expected) {
    assertThat(SharedModel.device(asked, Optional.ofNullable(assigned), usable))
        .isEqualTo(expected);
  }
}
