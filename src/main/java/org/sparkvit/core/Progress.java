package org.sparkvit.core;

/**
 * Where long work says how far it is, a line at a time. The command line prints the lines; a test
 * or another program passes {@link #SILENT}.
 */
@FunctionalInterface
public interface Progress {
  Progress SILENT = line -> {};

  /** Says one line, complete in itself. */
  void say(String line);

  /** Seconds as people say them, e.g. {@code 2 h 5 min}. */
  static String duration(double seconds) {
    if (!(seconds < Integer.MAX_VALUE)) {
      return "an unknown time";
    }
    long minutes = Math.round(seconds / 60);
    if (minutes < 1) {
      return Math.round(seconds) + " s";
    }
    return minutes < 60 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
  }
}
