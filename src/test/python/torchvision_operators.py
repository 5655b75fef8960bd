"""Imported before timm or transformers where torchvision is built for another torch (a CPU build beside a CUDA build).

Its transforms need none of its own operators, but its import fails without two declarations, which are made here.
"""

import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:
    LIBRARY = torch.library.Library("torchvision", "FRAGMENT")
    LIBRARY.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    LIBRARY.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
