"""Trains a small convolutional network on a workspace's train split and saves it as 'spark-vit score' takes it.

Arguments: the workspace and the folder to write. Needs torch, pillow, pandas and pyarrow.
"""

import json
import pathlib
import sys
from urllib.parse import unquote, urlparse

import torch
from delta_log import table
from PIL import Image
from torch import nn

SIDE, EPOCHS, BATCH = 64, 8, 64
MEAN, STD = [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]
workspace, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def load(path):
    with Image.open(unquote(urlparse(path).path)) as image:
        rgb = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return torch.frombuffer(bytearray(rgb.tobytes()), dtype=torch.uint8).reshape(SIDE, SIDE, 3).permute(2, 0, 1)


def block(a, b):
    return [nn.Conv2d(a, b, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]


torch.manual_seed(1)
train = {row["id"] for row in table(workspace / "splits").to_dict("records") if row["split"] == "train"}
rows = [row for row in table(workspace / "images").to_dict("records") if row["id"] in train and row["label"] is not None and row["status"] == "OK"]
labels = sorted({row["label"] for row in rows})
images, targets = [], []
for row in rows:
    try:
        images.append(load(row["path"]))
        targets.append(labels.index(row["label"]))
    except OSError:
        pass
images, targets = torch.stack(images), torch.tensor(targets)
counts = torch.bincount(targets, minlength=len(labels))
loss = nn.CrossEntropyLoss(weight=(len(targets) / len(labels) / counts).float())
model = nn.Sequential(*block(3, 16), *block(16, 32), *block(32, 64), *block(64, 128), nn.AdaptiveAvgPool2d(1),
                      nn.Flatten(), nn.Linear(128, len(labels)))
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
steps = EPOCHS * -(-len(targets) // BATCH)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
mean, std = torch.tensor(MEAN).view(3, 1, 1), torch.tensor(STD).view(3, 1, 1)
for epoch in range(EPOCHS):
    for index in torch.randperm(len(targets)).split(BATCH):
        pixels = (images[index].float() / 255 - mean) / std
        value = loss(model(pixels), targets[index])
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
    print(f"epoch {epoch + 1} of {EPOCHS}: loss {value.item():.3f}", flush=True)

total = 0


def count(layer, _, output):
    global total
    total += output.numel() * layer.weight[0].numel()


hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
with torch.no_grad():
    model.eval()(torch.zeros(1, 3, SIDE, SIDE))
for hook in hooks:
    hook.remove()
out.mkdir(parents=True, exist_ok=True)
torch.jit.script(model).save(out / "model.pt")
(out / "config.json").write_text(json.dumps(dict(id2label=dict(enumerate(labels)), multiply_adds=total), indent=2))
(out / "preprocessor_config.json").write_text(
    json.dumps(dict(size=dict(height=SIDE, width=SIDE), resample=2, image_mean=MEAN, image_std=STD), indent=2))
