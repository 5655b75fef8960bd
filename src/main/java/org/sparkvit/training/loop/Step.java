package org.sparkvit.training.loop;

/**
 * What came of one step.
 *
 * @param epoch its epoch, from 1
 * @param number updates done so far, this one included
 * @param images in it
 * @param weight sum of their weights
 * @param loss their weighted mean loss
 * @param learningRate of the topmost layers
 * @param gradientNorm global L2 norm before clipping; not finite when the update was left out,
 *     which happens in fp16 only
 */
public record Step(
    int epoch,
    long number,
    int images,
    double weight,
    double loss,
    double learningRate,
    double gradientNorm) {}
