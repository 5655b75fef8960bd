/**
 * Searches for good settings, with spaces, samplers (random, grid, TPE), pruning (ASHA) and the
 * importance of parameters (PED-ANOVA). Nothing here knows what the settings are for.
 */
package org.sparkvit.stats.search;
