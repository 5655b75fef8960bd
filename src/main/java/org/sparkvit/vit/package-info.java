/**
 * The Vision Transformer itself, without Spark: Hugging Face model directories of ViT, DeiT and
 * DINOv2 (safetensors, {@code config.json}, {@code preprocessor_config.json}) in and out, timm's
 * in, the TorchScript archive that carries the same weights together with the code of the forward
 * pass, and sessions that run and train that archive on DJL's PyTorch engine.
 *
 * <p>Pixels are unsigned bytes in {@code [batch, height, width, RGB]} order everywhere; rescaling
 * and normalisation happen inside the graph, so that training and scoring cannot drift apart.
 */
package org.sparkvit.vit;
