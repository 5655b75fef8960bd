/**
 * The stage {@code labels}. It estimates which labels are wrong and which images are unlike the
 * rest of their class. It writes its findings to tables and changes no label.
 */
package org.sparkvit.pipeline.labels;
