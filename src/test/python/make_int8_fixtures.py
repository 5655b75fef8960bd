"""Makes src/test/resources/vit/int8.json: PyTorch's own dynamic quantisation of the models there.

Needs torch and safetensors, and an x86 processor (others quantise activations in another way). Images go through one
at a time, and the last block computes the class token's row only: both decide the range that activations are given.
"""

import json
import math
import pathlib
import sys
import warnings

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch.ao.quantization import per_channel_dynamic_qconfig, quantize_dynamic

warnings.filterwarnings("ignore")
OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src/test/resources/vit")
LINEARS = ("attention.attention.query", "attention.attention.key", "attention.attention.value",
           "attention.output.dense", "intermediate.dense", "output.dense")


def pixels(n, side):
    """Bytes from a formula that the Java tests repeat."""
    i = torch.arange(n * side * side * 3, dtype=torch.int64)
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).to(torch.uint8).reshape(n, side, side, 3)


def quantised(w, layers):
    """PyTorch's quantised modules of all blocks, by name."""
    modules = torch.nn.ModuleDict()
    for i in range(layers):
        for name in LINEARS:
            at = f"vit.encoder.layer.{i}.{name}"
            o, n = w[at + ".weight"].shape
            linear = torch.nn.Linear(n, o, bias=at + ".bias" in w)
            linear.load_state_dict({s: w[f"{at}.{s}"] for s in ("weight", "bias") if f"{at}.{s}" in w})
            modules[at.replace(".", "/")] = linear
    return quantize_dynamic(modules, {torch.nn.Linear: per_channel_dynamic_qconfig})


def norm(x, w, name):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], 1e-12)


def forward(w, q, layers, heads, act, image):
    x = ((image.to(torch.float32) / 255 - 0.5) / 0.5).permute(0, 3, 1, 2)
    patches = w["vit.embeddings.patch_embeddings.projection.weight"]
    x = F.conv2d(x, patches, w["vit.embeddings.patch_embeddings.projection.bias"], stride=patches.shape[-1])
    x = torch.cat([w["vit.embeddings.cls_token"], x.flatten(2).transpose(1, 2)], 1)
    x = x + w["vit.embeddings.position_embeddings"]
    hidden = x.shape[-1]
    split = lambda t: t.reshape(1, -1, heads, hidden // heads).transpose(1, 2)
    for i in range(layers):
        at = f"vit.encoder.layer.{i}."
        linear = lambda name, t: q[(at + name).replace(".", "/")](t)
        h = norm(x, w, at + "layernorm_before")
        queries, keys, values = (split(linear(name, h)) for name in LINEARS[:3])
        if i == layers - 1:
            x, queries = x[:, :1], queries[:, :, :1]
        a = torch.softmax(queries @ keys.transpose(2, 3) / math.sqrt(hidden // heads), -1) @ values
        x = x + linear("attention.output.dense", a.transpose(1, 2).reshape(x.shape))
        h = F.gelu(linear("intermediate.dense", norm(x, w, at + "layernorm_after")), approximate=act)
        x = x + linear("output.dense", h)
    return F.linear(norm(x[:, 0], w, "vit.layernorm"), w["classifier.weight"], w["classifier.bias"])


def logits(w, q, layers, heads, act, images):
    rows = torch.cat([forward(w, q, layers, heads, act, image) for image in images.split(1)])
    return [round(v, 7) for v in rows.flatten().tolist()]


def by_formula():
    """Ti/16 with 10 classes: element i of tensor t is 0.06 sin(0.7 i + t), + 1 for norms' weights."""
    shapes = {"vit.embeddings.cls_token": [1, 1, 192], "vit.embeddings.position_embeddings": [1, 197, 192],
              "vit.embeddings.patch_embeddings.projection.weight": [192, 3, 16, 16],
              "vit.embeddings.patch_embeddings.projection.bias": [192]}
    for i in range(12):
        at = f"vit.encoder.layer.{i}."
        for name, o, n in zip(LINEARS, (192, 192, 192, 192, 768, 192), (192, 192, 192, 192, 192, 768)):
            shapes[at + name + ".weight"], shapes[at + name + ".bias"] = [o, n], [o]
        for name in ("layernorm_before", "layernorm_after"):
            shapes[at + name + ".weight"] = shapes[at + name + ".bias"] = [192]
    shapes["vit.layernorm.weight"] = shapes["vit.layernorm.bias"] = [192]
    shapes["classifier.weight"], shapes["classifier.bias"] = [10, 192], [10]
    w = {}
    for t, (name, shape) in enumerate(shapes.items()):
        v = 0.06 * torch.sin(0.7 * torch.arange(math.prod(shape), dtype=torch.float64) + t)
        w[name] = (v + (1 if "layernorm" in name and name.endswith("weight") else 0)).float().reshape(shape)
    return w


golden = {}
with torch.no_grad():
    for name, act in (("tiny", "none"), ("tiny-tanh-nobias", "tanh")):
        w = load_file(OUT / name / "model.safetensors")
        q = quantised(w, 2)
        linear = q["vit/encoder/layer/1/intermediate/dense"].weight()
        golden[name] = dict(
            logits=logits(w, q, 2, 2, act, pixels(3, 16)),
            values=linear.int_repr().flatten().tolist(), scales=linear.q_per_channel_scales().tolist())
    w = by_formula()
    golden["ti16"] = dict(logits=logits(w, quantised(w, 12), 12, 3, "none", pixels(2, 224)))
(OUT / "int8.json").write_text(json.dumps(golden) + "\n")
