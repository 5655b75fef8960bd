/**
 * What a training is asked to do: optimizer, schedule, augmentation, balance of classes, and the
 * model that it starts from. Nothing here reads images or takes a step.
 */
package org.sparkvit.training.recipe;
