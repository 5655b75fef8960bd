/**
 * The outputs of a training: the model directory, its version in the workspace, its metrics as a
 * file, and lines for people who watch. Nothing in this package influences the training.
 */
package org.sparkvit.training.output;
