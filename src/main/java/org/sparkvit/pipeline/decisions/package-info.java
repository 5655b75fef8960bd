/**
 * The stage {@code decisions}. It lists what was decided on images since they were cataloged, maps
 * classes to others, and takes runs back.
 */
package org.sparkvit.pipeline.decisions;
