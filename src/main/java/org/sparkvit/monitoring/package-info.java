/**
 * What an operator wants to know of running work: its progress as Spark metrics, and the time of
 * the nodes that it takes. Nothing in this package influences the work.
 */
package org.sparkvit.monitoring;
