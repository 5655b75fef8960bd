package org.sparkvit.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MadeUpTest {
  @Test
  void luhnIsThatOfTheStandard() {
    // The worked example of ISO/IEC 7812: 7992739871 has check digit 3.
    assertThat(MadeUp.luhn("7992739871")).isEqualTo(3);
  }

  @Test
  void cardNumbersAreNeverValid() {
    for (int i = 0; i < 500; i++) {
      String number = madeUp(i).cardNumber().replace(" ", "");
      assertThat(number).matches("[245][0-9]{15}");
      assertThat(MadeUp.luhn(number.substring(0, 15))).isNotEqualTo(number.charAt(15) - '0');
    }
  }

  @Test
  void machineReadableLinesHaveTheirLength() {
    for (int lines = 2; lines <= 3; lines++) {
      assertThat(madeUp(lines).machineReadable("Ada", "Lindqvist", lines, 30))
          .hasSize(lines)
          .allMatch(line -> line.matches("[A-Z0-9<]{30}"));
    }
  }

  private static MadeUp madeUp(int index) {
    return new MadeUp(Chance.of(1, "test", index), Region.WEST);
  }
}
