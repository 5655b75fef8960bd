/**
 * The stage {@code tune}: trainings with other settings, several at a time across the cluster, and
 * the best of them as a file that {@code train} takes.
 */
package org.sparkvit.tune;
