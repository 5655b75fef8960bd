package org.sparkvit.dataset.delta;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of a table's log.
 *
 * @param version the version that it made
 * @param time the time of the commit, by the clock of its writer
 * @param operation the operation in Delta's words, such as {@code WRITE}
 * @param author the program that made it, and what the program says of itself
 * @param added the number of files added
 * @param removed the number of files removed
 * @param isRewrite whether the rows stayed the same, in other files
 */
public record Commit(
    long version,
    Instant time,
    String operation,
    String author,
    long added,
    long removed,
    boolean isRewrite) {
  /** Matches what {@link #author} returns, which Kernel puts its own name in front of. */
  private static final Pattern OURS = Pattern.compile("(?:.*/)?spark-vit (\\S+) (\\S+)");

  /** Returns the text by which the log says that a run of a stage wrote a part. */
  public static String author(String stage, String part) {
    return "spark-vit " + stage + " " + part;
  }

  /** Returns the stage whose run made the commit, or empty for another program's commit. */
  public Optional<String> stage() {
    return ours(1);
  }

  /** Returns the part that the commit is named after, or empty for another program's commit. */
  public Optional<String> part() {
    return ours(2);
  }

  private Optional<String> ours(int group) {
    Matcher matcher = OURS.matcher(author);
    return matcher.matches() ? Optional.of(matcher.group(group)) : Optional.empty();
  }
}
