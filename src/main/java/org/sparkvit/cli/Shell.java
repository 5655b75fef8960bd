package org.sparkvit.cli;

import org.apache.spark.SparkUserAppException;

/**
 * {@link Main} for a shell on this machine, in a JVM of its own. It ends the JVM with the exit code
 * that {@link Main} throws, as spark-submit does on a cluster.
 */
public final class Shell {
  private Shell() {}

  /** Runs one command. */
  public static void main(String[] args) {
    try {
      Main.main(args);
    } catch (Exception e) { // it does not declare what it throws
      if (e instanceof SparkUserAppException exit) {
        System.exit(exit.exitCode());
      }
      throw e;
    }
  }
}
