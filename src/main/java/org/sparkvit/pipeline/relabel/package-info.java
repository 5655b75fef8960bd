/**
 * The stage {@code relabel}. It decides with the predictions of one model which labels change,
 * which a person should review and which stay. It writes tables, decisions and an export, whose
 * manifest {@code catalog} can read. It changes no label of the catalog.
 */
package org.sparkvit.pipeline.relabel;
