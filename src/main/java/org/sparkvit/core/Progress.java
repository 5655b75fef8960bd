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
}
