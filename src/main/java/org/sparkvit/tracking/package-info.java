/**
 * Logging to an MLflow tracking server, by its REST API and in a thread of its own. Nothing in this
 * package influences what is logged: a server that is down delays no work and ends none.
 */
package org.sparkvit.tracking;
