/**
 * The tables by which stages exchange data: one class for each, with its columns, types and
 * comments. Nothing in this package reads or writes rows.
 */
package org.sparkvit.dataset.schema;
