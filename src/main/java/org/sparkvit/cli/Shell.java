package org.sparkvit.cli;

import org.apache.spark.SparkUserAppException;

/**
 * Runs {@link Main} from a shell on this machine, in a JVM of its own. It ends the JVM with the
 * exit code that {@link Main} throws, as spark-submit does on a cluster.
 */
public final class Shell {
  private Shell() {}

  /** Runs one command. */
  public static void main(String[] args) {
    try {
      Main.main(args);
    } catch (Exception e) { // Main does not declare this exception
      if (e instanceof SparkUserAppException exit) {
        System.exit(exit.exitCode());
      }
      throw e;
    }
  }
}
