/** Measures scoring against its ceiling, the model alone, and against others, in one run. */
package org.sparkvit.bench;
