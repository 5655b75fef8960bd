/** Where a model looked, for a sample of its predictions, and how far such maps can be trusted. */
package org.sparkvit.explain;
