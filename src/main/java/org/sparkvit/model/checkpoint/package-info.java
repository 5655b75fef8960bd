/**
 * Reads and writes Hugging Face model directories of ViT, DeiT and DINOv2, and reads timm's. It
 * covers configurations, image processors, tensors in safetensors and model cards. No engine is
 * needed for this.
 */
package org.sparkvit.model.checkpoint;
