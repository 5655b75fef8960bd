/**
 * The computations of models as TorchScript. Beside the classes of this package lie texts: one for
 * each architecture, such as {@code vit.py}, and the modules that they are made of, for scoring,
 * explaining and training in each precision. {@link org.sparkvit.model.architecture.ForwardPass}
 * puts them together. The result is code only. {@link org.sparkvit.model.torchscript} adds the
 * weights, and {@link org.sparkvit.model.runtime} runs the model.
 */
package org.sparkvit.model.architecture;
