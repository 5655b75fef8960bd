/**
 * A model over a Dataset: its files brought to the executors, one loaded copy per executor and
 * device, and the pipeline that reads, decodes and prepares images while the device computes.
 */
package org.sparkvit.inference;
