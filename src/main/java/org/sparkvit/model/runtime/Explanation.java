package org.sparkvit.model.runtime;

/**
 * Where a model looked in a batch of n images, for the class that it gave each the highest logit.
 * Tokens are the special ones in the order of the model (see {@link Explainer#specialTokens}), then
 * the patches row by row. Of a distilled DeiT, which has a head on each of two tokens, maps are the
 * mean of both; else they are those of the class token.
 *
 * @param logits {@code [n, labels]}
 * @param attention what the class token attends to, {@code [n, layers, heads, tokens]}; each row
 *     sums to 1
 * @param rollout attention through all layers, {@code [n, tokens]}; sums to 1. Abnar and Zuidema
 *     2020: the mean of the heads and the identity, halved, multiplied from the first layer on
 * @param gradient the same weighted by what each attention does for the class, {@code [n, tokens]},
 *     0 or more. Chefer, Gur and Wolf 2021 (Generic Attention-model Explainability): R grows by the
 *     heads' mean of the positive part of gradient times attention, times R
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives for one batch
public record Explanation(float[] logits, float[] attention, float[] rollout, float[] gradient) {}
