/**
 * Whether a data set is fit for use: its figures against limits, and against those of earlier runs.
 */
package org.sparkvit.gate;
