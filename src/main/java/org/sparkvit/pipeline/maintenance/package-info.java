/**
 * The commands {@code models}, {@code history}, {@code vacuum} and {@code export}. They list and
 * promote versions, delete what was replaced long ago, and copy tables out for other programs. They
 * look at no image and run no model.
 */
package org.sparkvit.pipeline.maintenance;
