package org.sparkvit.pipeline.doctor;

/**
 * Something that a process has, or lacks.
 *
 * @param name what it is, such as {@code java}
 * @param value what there is of it, or why there is none
 * @param level whether that is enough
 * @param remedy what to do, or empty where it is enough
 */
record Fact(String name, String value, Level level, String remedy) {

  /** Whether what a process has is enough. */
  enum Level {
    /** It is enough. */
    OK,
    /** Jobs run, and run slower or may fail when they are large. */
    WARNING,
    /** Jobs fail. */
    FAILURE
  }

  static Fact ok(String name, String value) {
    return new Fact(name, value, Level.OK, "");
  }

  static Fact warning(String name, String value, String remedy) {
    return new Fact(name, value, Level.WARNING, remedy);
  }

  static Fact failure(String name, String value, String remedy) {
    return new Fact(name, value, Level.FAILURE, remedy);
  }

  /** Returns a fact that is a warning where a condition holds. */
  static Fact warningIf(boolean lacking, String name, String value, String remedy) {
    return lacking ? warning(name, value, remedy) : ok(name, value);
  }
}
