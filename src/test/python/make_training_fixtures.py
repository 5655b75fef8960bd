"""Makes src/test/resources/vit/training: gradients and trained weights as transformers and torch give them.

Needs torch, transformers and safetensors. The model is src/test/resources/vit/tiny.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import ViTForImageClassification

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src/test/resources/vit")
OUT = ROOT / "training"
OUT.mkdir(exist_ok=True)
CLASS_WEIGHTS = torch.tensor([1.0, 0.5, 3.0])


def pixels(n, start=0):
    i = torch.arange(n * 16 * 16 * 3, dtype=torch.int64) + start
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).to(torch.uint8).reshape(n, 16, 16, 3)


def model():
    return ViTForImageClassification.from_pretrained(ROOT / "tiny").train()


def logits(m, images):
    return m(((images.float() / 255 - 0.5) / 0.5).permute(0, 3, 1, 2)).logits


def labels(s):
    return torch.tensor([0, 1, 2, 2, 1, s % 3])


def names(m):
    """The file's names, which are not the modules' in every version."""
    import tempfile
    with tempfile.TemporaryDirectory() as d:
        m.save_pretrained(d)
        saved = load_file(d + "/model.safetensors")
    by_value = {}
    for name, parameter in m.named_parameters():
        same = [k for k, v in saved.items() if v.shape == parameter.shape and torch.equal(v, parameter.detach())]
        assert len(same) == 1, (name, same)
        by_value[name] = same[0]
    return by_value


def weighted(l, y):
    return F.cross_entropy(l, y, weight=CLASS_WEIGHTS)


def smoothed(l, y):
    return F.cross_entropy(l, y, label_smoothing=0.1)


def focal(l, y, gamma=2.0):
    log_p = F.log_softmax(l, 1).gather(1, y[:, None])[:, 0]
    w = CLASS_WEIGHTS[y]
    return (w * (1 - log_p.exp()) ** gamma * -log_p).sum() / w.sum()


def binary(l, y):
    w = CLASS_WEIGHTS[y]
    each = F.binary_cross_entropy_with_logits(
        l, F.one_hot(y, 3).float(), pos_weight=torch.full([3], 2.5), reduction="none").mean(1)
    return (w * each).sum() / w.sum()


def mixed(l, y):
    share = torch.tensor([1.0, 0.3, 0.75, 0.5, 0.9, 0.2])[:, None]
    targets = share * F.one_hot(y, 3) + (1 - share) * F.one_hot(y.flip(0), 3)
    return F.cross_entropy(l, targets.float())


golden = {}
for name, loss in dict(weighted=weighted, smoothed=smoothed, focal=focal, binary=binary, mixed=mixed).items():
    m = model()
    keys = names(m)
    value = loss(logits(m, pixels(6)), labels(0))
    value.backward()
    golden[name] = value.item()
    save_file({keys[k]: p.grad for k, p in m.named_parameters()}, OUT / f"{name}.safetensors")

# 20 steps: a learning rate per depth (0.6 from one to the next), no decay for vectors, clipping, warm-up and cosine.
m = model()
keys = names(m)
depth = lambda k: (1 + int(k.split(".")[3]) if ".layer." in k else 3 if k.startswith(("classifier", "vit.layernorm")) else 0)
groups = [
    dict(params=[p], factor=0.6 ** (3 - depth(keys[k])), weight_decay=0.1 if p.ndim > 1 else 0.0)
    for k, p in m.named_parameters()]
optimizer = torch.optim.AdamW(groups)
peak, warmup, total, losses, norms = 0.01, 2, 20, [], []
for s in range(total):
    rate = peak * (s + 1) / (warmup + 1) if s < warmup else peak * (1 + math.cos(math.pi * (s - warmup) / (total - warmup))) / 2
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]
    loss = weighted(logits(m, pixels(6, 1000 * s)), labels(s))
    loss.backward()
    norms.append(torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0).item())
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
golden["losses"], golden["norms"] = losses, norms
save_file({keys[k]: p.detach().contiguous() for k, p in m.named_parameters()}, OUT / "trained.safetensors")
(OUT / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
