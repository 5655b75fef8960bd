/**
 * The settings of a training: optimizer, schedule, augmentation, balance of classes, and the model
 * that it starts from. Nothing in this package reads images or takes a step.
 */
package org.sparkvit.training.recipe;
