/**
 * Creates the entries of a table's log where two drivers may try at once. On S3 an entry is created
 * by a PUT that the store refuses when the entry exists. A store that cannot do so falls back to
 * Delta's own way, with a warning that names the remedy.
 */
package org.sparkvit.dataset.delta.storage;
