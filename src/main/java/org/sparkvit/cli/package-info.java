/**
 * The command line: {@link org.sparkvit.cli.Main}, one command class per stage, options from flags,
 * file and defaults, the Spark session, progress on the console, and how a run fails.
 */
package org.sparkvit.cli;
