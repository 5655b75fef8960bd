/**
 * The tables through which stages meet: one class per table with its columns and schema, and the
 * {@link org.sparkvit.table.Workspace} that reads and publishes them on any Hadoop file system.
 */
package org.sparkvit.table;
