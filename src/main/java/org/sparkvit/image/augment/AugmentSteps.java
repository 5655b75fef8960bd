package org.sparkvit.image.augment;

import java.io.Serializable;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Several ways in which images are changed.
 *
 * @param steps at least one
 */
public record AugmentSteps(Set<AugmentStep> steps) implements Serializable {
  /** None. */
  public static final AugmentSteps NONE = new AugmentSteps(Set.of());

  /** Copies the set. */
  public AugmentSteps {
    steps = Set.copyOf(steps);
  }

  /**
   * Reads names with {@code +} between them, such as {@code flip+rotation}.
   *
   * @throws IllegalArgumentException when one is no step
   */
  public static AugmentSteps parse(String text) {
    Set<AugmentStep> steps = EnumSet.noneOf(AugmentStep.class);
    for (String name : text.split("\\+", -1)) {
      steps.add(
          AugmentStep.named(name.strip())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "is not made of names of steps with + between them; use some of "
                              + Stream.of(AugmentStep.values())
                                  .map(AugmentStep::label)
                                  .collect(Collectors.joining(", ")))));
    }
    return new AugmentSteps(steps);
  }

  /** In the order of the constants, as {@link #parse} reads them. */
  @Override
  public String toString() {
    return steps.stream().sorted().map(AugmentStep::label).collect(Collectors.joining("+"));
  }
}
