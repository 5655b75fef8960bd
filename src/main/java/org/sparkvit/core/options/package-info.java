/**
 * The options of commands. Each is declared once, as an annotated component of a record. The
 * command line, files of options, pipelines, the records of runs and the reference page are all
 * made from that declaration.
 */
package org.sparkvit.core.options;
