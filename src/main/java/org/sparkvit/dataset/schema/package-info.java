/**
 * The tables through which stages meet: one class for each, with its columns, types and comments.
 * Nothing here reads or writes rows.
 */
package org.sparkvit.dataset.schema;
