package org.sparkvit.model.runtime;

/**
 * Maps of where a model looked in a batch of n images, for the class with the highest logit of each
 * image. Tokens are the special ones in the order of the model (see {@link
 * Explainer#specialTokens}), then the patches row by row. For a distilled DeiT, which has a head on
 * each of two tokens, a map is the mean of both. Otherwise it is that of the class token.
 *
 * @param logits the logits, {@code [n, labels]}
 * @param attention the attention of the class token, {@code [n, layers, heads, tokens]}; each row
 *     sums to 1
 * @param rollout the attention through all layers, {@code [n, tokens]}; each row sums to 1. As in
 *     Abnar and Zuidema 2020, the mean of the heads and the identity are averaged, and the results
 *     are multiplied from the first layer on
 * @param gradient the attention weighted by its effect on the class, {@code [n, tokens]}, 0 or
 *     more. As in Chefer, Gur and Wolf 2021 (Generic Attention-model Explainability), R grows in
 *     each layer by the heads' mean of the positive part of gradient times attention, times R
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives for one batch
public record Explanation(float[] logits, float[] attention, float[] rollout, float[] gradient) {}
