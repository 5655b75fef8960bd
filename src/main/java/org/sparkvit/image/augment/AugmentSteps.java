package org.sparkvit.image.augment;

import java.io.Serializable;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A set of the ways in which training images are changed.
 *
 * @param steps the steps, which may be none
 */
public record AugmentSteps(Set<AugmentStep> steps) implements Serializable {
  /** The empty set, for no changes. */
  public static final AugmentSteps NONE = new AugmentSteps(Set.of());

  /** Copies the set. */
  public AugmentSteps {
    steps = Set.copyOf(steps);
  }

  /**
   * Parses names that are joined by {@code +}, such as {@code flip+rotation}.
   *
   * @throws IllegalArgumentException when a name is not that of a step
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

  /** Returns the names in the order of the constants, in the form that {@link #parse} reads. */
  @Override
  public String toString() {
    return steps.stream().sorted().map(AugmentStep::label).collect(Collectors.joining("+"));
  }
}
