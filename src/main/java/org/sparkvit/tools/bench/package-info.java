/**
 * Measures scoring and training against the model alone and against other programs, all in one run.
 * Measuring the quality of a model is the task of {@code evaluate}, not of this package.
 */
package org.sparkvit.tools.bench;
