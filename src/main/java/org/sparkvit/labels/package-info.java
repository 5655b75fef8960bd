/** Which labels are likely to be wrong, and which images are like none of their class. */
package org.sparkvit.labels;
