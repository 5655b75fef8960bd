/**
 * The command line. There is one class for each command. Its options come from flags, a file and
 * defaults, and {@link org.sparkvit.cli.Main} runs it in a Spark session. The work of a command is
 * in its stage, not here.
 */
package org.sparkvit.cli;
