/** Measures scoring against its ceiling, the model alone, in one run on one machine. */
package org.sparkvit.bench;
