/**
 * Options of commands, each declared once: as an annotated component of a record. The command line,
 * files of options, pipelines, the records of runs and the reference page are all made from it.
 */
package org.sparkvit.core.options;
