/**
 * Says what the processes of a cluster have of what the other commands need, and what is missing.
 */
package org.sparkvit.pipeline.doctor;
