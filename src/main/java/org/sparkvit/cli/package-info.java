/**
 * The command line. There is one class for each command, with options from flags, a file and
 * defaults, and {@link org.sparkvit.cli.Main} runs them in a Spark session. What a command does is
 * in its stage, not here.
 */
package org.sparkvit.cli;
