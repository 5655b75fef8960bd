package org.sparkvit.dataset.delta;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of a table's log.
 *
 * @param version the version that it made
 * @param time when, by the clock of who wrote it
 * @param operation what Delta calls it, such as {@code WRITE}
 * @param author who: the program and what it says of itself
 * @param added files that came
 * @param removed files that went
 * @param isRewrite whether the rows stayed the same ones
 */
public record Commit(
    long version,
    Instant time,
    String operation,
    String author,
    long added,
    long removed,
    boolean isRewrite) {
  /** What {@link #author} makes of a run: Kernel puts its own name in front. */
  private static final Pattern OURS = Pattern.compile("(?:.*/)?spark-vit (\\S+) (\\S+)");

  /** How the log is told that a run of a stage wrote a part. */
  public static String author(String stage, String part) {
    return "spark-vit " + stage + " " + part;
  }

  /** Returns the stage whose run it was; empty for another program's. */
  public Optional<String> stage() {
    return ours(1);
  }

  /** Returns the part that it is named after; empty for another program's. */
  public Optional<String> part() {
    return ours(2);
  }

  private Optional<String> ours(int group) {
    Matcher matcher = OURS.matcher(author);
    return matcher.matches() ? Optional.of(matcher.group(group)) : Optional.empty();
  }
}
