/**
 * How an entry of a table's log is made where two drivers may try at once. On S3 it is a PUT that
 * the store refuses when the entry is there already. A store that cannot do so is refused with the
 * remedy.
 */
package org.sparkvit.dataset.delta.storage;
