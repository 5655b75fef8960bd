/**
 * What every package may use: errors, image statuses, stable hashing, labels, run records. Depends
 * on the JDK only.
 */
package org.sparkvit.core;
