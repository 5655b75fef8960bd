/**
 * What every package may use: errors, stable hashing, labels, run records. Depends on the JDK only.
 */
package org.sparkvit.core;
