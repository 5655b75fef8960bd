/**
 * What people do with the tables and models of a workspace that no stage is for: see their history,
 * take versions away that nobody needs any more, take a table out for other programs, make another
 * version of a model current.
 */
package org.sparkvit.maintenance;
