/**
 * The stage {@code gate}. It compares metrics of the data set with limits and with those of earlier
 * runs, and fails when a check does. It computes nothing anew: it reads what other stages wrote.
 */
package org.sparkvit.pipeline.gate;
