/**
 * The stage {@code tune}. It runs trainings with different settings, several at a time across the
 * cluster, and writes the best settings to a file for {@code train}. The samplers are in {@link
 * org.sparkvit.stats.search}.
 */
package org.sparkvit.pipeline.tune;
