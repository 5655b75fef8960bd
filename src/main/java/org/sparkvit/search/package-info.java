/**
 * Search for good settings, without knowing what they set: spaces, samplers (random, grid, TPE),
 * pruning (ASHA) and the importance of parameters (PED-ANOVA).
 */
package org.sparkvit.search;
