/**
 * The forward pass of the Vision Transformer as TorchScript source, for scoring, explaining and
 * training, in each precision. It is text only: weights are added by {@link
 * org.sparkvit.model.torchscript} and run by {@link org.sparkvit.model.runtime}.
 */
package org.sparkvit.model.architecture;
