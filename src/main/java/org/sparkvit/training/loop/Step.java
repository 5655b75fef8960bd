package org.sparkvit.training.loop;

/**
 * The result of one step.
 *
 * @param epoch the number of its epoch, from 1
 * @param number the number of updates done so far, this one included
 * @param images the number of images in the step
 * @param weight the sum of the images' weights
 * @param loss the weighted mean loss of the images
 * @param learningRate the learning rate of the topmost layers
 * @param gradientNorm the global L2 norm of the gradients before clipping. It is not finite when
 *     the update was skipped, which happens in fp16 only
 */
public record Step(
    int epoch,
    long number,
    int images,
    double weight,
    double loss,
    double learningRate,
    double gradientNorm) {}
