/**
 * The stage {@code balance}: decides how often and with what weight training sees each image of the
 * train split, so that rare classes count. Reads {@code splits}, writes {@code plan} and {@code
 * balance}.
 */
package org.sparkvit.balance;
