/**
 * The stage {@code relabel}. It decides with the predictions of one model which labels change,
 * which a person should review and which stay. It writes tables and an export that {@code catalog}
 * reads, and changes no label of the catalog.
 */
package org.sparkvit.pipeline.relabel;
