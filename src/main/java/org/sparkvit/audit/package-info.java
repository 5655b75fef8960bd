/**
 * The stage {@code audit}: what the images look like and what is wrong with them; which of them
 * repeat others, and across splits.
 */
package org.sparkvit.audit;
