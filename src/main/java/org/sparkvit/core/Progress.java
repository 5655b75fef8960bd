package org.sparkvit.core;

/**
 * Receives lines on how far long work is. The command line prints them; a test or another program
 * passes {@link #SILENT}.
 */
@FunctionalInterface
public interface Progress {
  Progress SILENT = line -> {};

  /** Reports one line, which is complete in itself. */
  void say(String line);

  /** Returns a duration in words, e.g. {@code 2 h 5 min}. */
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
