/**
 * Runs whole pipelines: the stages that a file names, one after the other in one session. The
 * workspace keeps what was done, so that a run which was stopped can go on.
 */
package org.sparkvit.pipeline.run;
