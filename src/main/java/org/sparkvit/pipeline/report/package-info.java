/**
 * The stage {@code report}. It lays out what the tables say as one HTML file that works offline,
 * with drawings and the same figures as JSON. Sections read figures from the tables and compute no
 * metrics; templates lie beside the resources of this package.
 */
package org.sparkvit.pipeline.report;
