/**
 * The {@link org.sparkvit.dataset.workspace.Workspace} of a data set. It reads and publishes
 * tables, versions of models and other files of one data set on any Hadoop file system. The columns
 * of tables are in {@link org.sparkvit.dataset.schema}, and their logs in {@link
 * org.sparkvit.dataset.delta}.
 */
package org.sparkvit.dataset.workspace;
