/**
 * The framework that all stages share: description, inputs, outputs and record. A stage is one
 * command and one step of a pipeline.
 */
package org.sparkvit.pipeline.stage;
