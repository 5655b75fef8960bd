/**
 * Hugging Face model directories of ViT, DeiT and DINOv2 in and out, and timm's in: configurations,
 * image processors, tensors in safetensors and model cards. No engine is needed to read or write
 * them.
 */
package org.sparkvit.model.checkpoint;
