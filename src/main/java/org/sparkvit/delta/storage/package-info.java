/**
 * How an entry of a table's log is made where two drivers may try at once: on S3 by a PUT that the
 * store refuses when there is an entry already, and what is said where a store cannot do that.
 */
package org.sparkvit.delta.storage;
