"""Writes small ViTs for ten classes of 32 x 32 images with the random weights that transformers draws.

Arguments: a folder, then seeds; each model goes into a folder named by its seed. Needs torch and transformers.
"""

import pathlib
import sys

import torch
from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

folder = pathlib.Path(sys.argv[1])
for seed in sys.argv[2:]:
    torch.manual_seed(int(seed))
    config = ViTConfig(hidden_size=128, num_hidden_layers=4, num_attention_heads=4, intermediate_size=512, image_size=32,
                       patch_size=4, num_labels=10)
    ViTForImageClassification(config).save_pretrained(folder / seed)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder / seed)
