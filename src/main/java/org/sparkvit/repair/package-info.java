/** Which images and labels to go without, by what the audit and the check of labels found. */
package org.sparkvit.repair;
