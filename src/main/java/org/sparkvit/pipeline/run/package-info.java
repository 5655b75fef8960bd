/**
 * Whole pipelines: the stages that a file names, one after the other in one session. What was done
 * is kept in the workspace, so that a run that was stopped can go on.
 */
package org.sparkvit.pipeline.run;
