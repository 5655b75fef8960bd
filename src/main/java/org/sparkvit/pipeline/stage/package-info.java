/**
 * What every stage has: its description, its inputs and outputs, its record. A stage is one command
 * and one step of a pipeline.
 */
package org.sparkvit.pipeline.stage;
