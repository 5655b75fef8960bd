/**
 * What people do with the tables of a workspace that no stage is for: see their history, take
 * versions away that nobody needs any more, take one out for other programs.
 */
package org.sparkvit.maintenance;
