/** Scores every image of a catalog with a model; a rerun scores what is missing. */
package org.sparkvit.score;
