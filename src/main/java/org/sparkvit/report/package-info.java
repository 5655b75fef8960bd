/**
 * The stage {@code report}: what the tables of a workspace say about a data set and a model, as one
 * HTML file that needs no network, no script and no other file. Sections gather bounded figures
 * from the tables; templates beside this package's resources lay them out and escape them.
 */
package org.sparkvit.report;
