"""Makes src/test/resources/vit: what an independent implementation in plain PyTorch computes.

Needs torch, transformers and safetensors. The forward pass below uses no code of transformers; where
both can be compared, they are.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src/test/resources/vit")


def pixels(n, side, start=0):
    """Bytes from a formula that the Java tests repeat."""
    i = torch.arange(n * side * side * 3, dtype=torch.int64) + start
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).to(torch.uint8).reshape(n, side, side, 3)


ACTIVATIONS = {
    "gelu": lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2))),
    "gelu_pytorch_tanh": lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "relu": lambda x: x.clamp(min=0),
    "silu": lambda x: x * torch.sigmoid(x),
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
}
ACTIVATIONS["gelu_new"] = ACTIVATIONS["gelu_pytorch_tanh"]


def norm(x, w, name, eps):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + eps) * w[name + ".weight"] + w[name + ".bias"]


def linear(x, w, name):
    y = x @ w[name + ".weight"].T
    return y + w[name + ".bias"] if name + ".bias" in w else y


def forward(w, c, images, mean=0.5, std=0.5):
    x = (images.to(torch.float32) / 255 - mean) / std
    n, side, p = len(x), c["image"] // c["patch"], c["patch"]
    patches = x.reshape(n, side, p, side, p, 3).permute(0, 1, 3, 5, 2, 4).reshape(n, side * side, -1)
    embed = "vit.embeddings.patch_embeddings.projection"
    patches = patches @ w[embed + ".weight"].reshape(c["hidden"], -1).T + w[embed + ".bias"]
    x = torch.cat([w["vit.embeddings.cls_token"].expand(n, -1, -1), patches], 1)
    x = x + w["vit.embeddings.position_embeddings"]
    split = lambda t: t.reshape(n, -1, c["heads"], c["hidden"] // c["heads"]).permute(0, 2, 1, 3)
    for i in range(c["layers"]):
        at = f"vit.encoder.layer.{i}."
        h = norm(x, w, at + "layernorm_before", c["eps"])
        q, k, v = (split(linear(h, w, at + "attention.attention." + s)) for s in ("query", "key", "value"))
        a = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(c["hidden"] // c["heads"]), -1) @ v
        x = x + linear(a.permute(0, 2, 1, 3).reshape(x.shape), w, at + "attention.output.dense")
        h = norm(x, w, at + "layernorm_after", c["eps"])
        h = ACTIVATIONS[c["act"]](linear(h, w, at + "intermediate.dense"))
        x = x + linear(h, w, at + "output.dense")
    e = norm(x[:, 0], w, "vit.layernorm", c["eps"])
    return linear(e, w, "classifier"), e


def tiny(act="gelu", qkv_bias=True, seed=1):
    torch.manual_seed(seed)
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, image_size=16, patch_size=4,
        hidden_act=act, qkv_bias=qkv_bias, id2label={0: "cat", 1: "dog", 2: "owl"}, label2id={"cat": 0, "dog": 1, "owl": 2})
    model = ViTForImageClassification(config).eval()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.3)
    c = dict(hidden=16, layers=2, heads=2, image=16, patch=4, eps=1e-12, act=act)
    return model, c


def hf_logits(model, images):
    return model(((images.float() / 255 - 0.5) / 0.5).permute(0, 3, 1, 2)).logits


def rows(t):
    return [round(v, 7) for v in t.detach().flatten().tolist()]


def weights(model):
    """Under the names of the file, which need not be those of the modules."""
    from safetensors.torch import load_file
    import tempfile
    with tempfile.TemporaryDirectory() as d:
        model.save_pretrained(d)
        return load_file(d + "/model.safetensors")


golden = {}

# 1. Small models that transformers saved.
for name, act, bias in (("tiny", "gelu", True), ("tiny-tanh-nobias", "gelu_pytorch_tanh", False)):
    model, c = tiny(act, bias)
    model.save_pretrained(OUT / name)
    ViTImageProcessor(size={"height": 16, "width": 16}).save_pretrained(OUT / name)
    with torch.no_grad():
        logits, embeddings = forward(weights(model), c, pixels(3, 16))
        assert (logits - hf_logits(model, pixels(3, 16))).abs().max() < 1e-5
    golden[name] = dict(logits=rows(logits), embeddings=rows(embeddings))

# 2. Every activation on the weights of the first one.
model, c = tiny()
golden["activations"] = {
    act: rows(forward(weights(model), dict(c, act=act), pixels(3, 16))[0]) for act in ACTIVATIONS}

# 3. Other normalisation constants.
golden["imagenet_normalised"] = rows(
    forward(weights(model), c, pixels(3, 16), torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225]))[0])

# 4. Ti/16, 10 classes, weights from a formula: element i of tensor t is 0.06 sin(0.7 i + t), + 1 for norms' weights.


def by_formula(shapes):
    w = {}
    for t, (name, shape) in enumerate(shapes.items()):
        i = torch.arange(math.prod(shape), dtype=torch.float64)
        v = 0.06 * torch.sin(0.7 * i + t)
        w[name] = (v + (1 if "layernorm" in name and name.endswith("weight") else 0)).float().reshape(shape)
    return w


c16 = dict(hidden=192, layers=12, heads=3, image=224, patch=16, eps=1e-12, act="gelu")
shapes = {"vit.embeddings.cls_token": [1, 1, 192], "vit.embeddings.position_embeddings": [1, 197, 192],
          "vit.embeddings.patch_embeddings.projection.weight": [192, 3, 16, 16],
          "vit.embeddings.patch_embeddings.projection.bias": [192]}
for i in range(12):
    at = f"vit.encoder.layer.{i}."
    for name, o, n in (("attention.attention.query", 192, 192), ("attention.attention.key", 192, 192),
                       ("attention.attention.value", 192, 192), ("attention.output.dense", 192, 192),
                       ("intermediate.dense", 768, 192), ("output.dense", 192, 768)):
        shapes[at + name + ".weight"], shapes[at + name + ".bias"] = [o, n], [o]
    for name in ("layernorm_before", "layernorm_after"):
        shapes[at + name + ".weight"] = shapes[at + name + ".bias"] = [192]
shapes["vit.layernorm.weight"] = shapes["vit.layernorm.bias"] = [192]
shapes["classifier.weight"], shapes["classifier.bias"] = [10, 192], [10]
with torch.no_grad():
    golden["ti16"] = rows(forward(by_formula(shapes), c16, pixels(2, 224))[0])

# 5. Position embeddings for other grids, as interpolate_pos_encoding does it.
w = weights(model)
grid = w["vit.embeddings.position_embeddings"][:, 1:].reshape(1, 4, 4, 16).permute(0, 3, 1, 2)
golden["position_embeddings"] = {}
for side in (3, 7):
    other = F.interpolate(grid, size=(side, side), mode="bicubic", align_corners=False).permute(0, 2, 3, 1)
    golden["position_embeddings"][str(side)] = rows(
        torch.cat([w["vit.embeddings.position_embeddings"][:, :1], other.reshape(1, -1, 16)], 1))

# 6. Training: 8 steps of torch.optim.AdamW, class weights, clipping, a learning rate per step.
w = {k: v.clone().requires_grad_() for k, v in weights(model).items()}
decay = [v for v in w.values() if v.ndim > 1]
plain = [v for v in w.values() if v.ndim <= 1]
optimizer = torch.optim.AdamW([dict(params=decay, weight_decay=0.1), dict(params=plain, weight_decay=0.0)])
class_weights = torch.tensor([1.0, 0.5, 3.0])
steps = []
for s in range(8):
    images, labels = pixels(6, 16, start=1000 * s), torch.tensor([0, 1, 2, 2, 1, s % 3])
    for group in optimizer.param_groups:
        group["lr"] = 0.01 / (s + 1)
    loss = F.cross_entropy(forward(w, c, images)[0], labels, weight=class_weights)
    loss.backward()
    gradient_norm = torch.nn.utils.clip_grad_norm_(w.values(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    steps.append(dict(loss=loss.item(), norm=gradient_norm.item()))
golden["training"] = dict(
    steps=steps, logits=rows(forward(w, c, pixels(3, 16))[0]),
    query=rows(w["vit.encoder.layer.0.attention.attention.query.weight"]), norm=rows(w["vit.layernorm.bias"]))

(OUT / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
