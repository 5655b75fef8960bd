/**
 * What models compute, as TorchScript: one text an architecture beside this package's classes, such
 * as {@code vit.py}, and the modules that they are made of, for scoring, explaining and training,
 * in each precision. {@link org.sparkvit.model.architecture.ForwardPass} puts them together. It is
 * code only: weights are added by {@link org.sparkvit.model.torchscript} and run by {@link
 * org.sparkvit.model.runtime}.
 */
package org.sparkvit.model.architecture;
