/**
 * What a training leaves behind: the model directory, its version in the workspace, its metrics as
 * a file, and lines for people who watch. Nothing here influences the training.
 */
package org.sparkvit.training.output;
