"""Trains the model of a workspace's train stage with PyTorch, by the same recipe on the same splits, and compares.

Arguments: a workspace with images and splits, a folder of starting models by seed, then models of the workspace, each
trained with another seed. Needs torch, transformers, pandas, pyarrow and Pillow. What differs is chance: order and
augmentation come from torch's generators.
"""

import json
import math
import pathlib
import statistics
import sys
import time

import numpy
import torch
from delta_log import table
from PIL import Image
from transformers import ViTForImageClassification

workspace, starts, names = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]


rows = table(workspace / "splits").merge(table(workspace / "images")[["id", "path"]], on="id")
classes = sorted(rows["label"].unique())


def split(name, side):
    some = rows[rows["split"] == name]
    pixels = numpy.stack([
        numpy.asarray(Image.open(path.removeprefix("file:")).convert("RGB").resize((side, side), Image.Resampling.BILINEAR))
        for path in some["path"]])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(), torch.tensor([classes.index(l) for l in some["label"]])


def augmented(images, padding):
    side = images.shape[-1]
    padded = torch.nn.functional.pad(images.float(), [padding] * 4, mode="reflect")
    result = torch.empty_like(images, dtype=torch.float32)
    for i in range(len(images)):
        top, left = torch.randint(0, 2 * padding + 1, (2,)).tolist()
        crop = padded[i, :, top:top + side, left:left + side]
        result[i] = crop.flip(-1) if torch.rand(()) < 0.5 else crop
    return result


def normal(images):
    return (images.float() / 255 - 0.5) / 0.5


def train(recipe, data):
    (images, labels), (test_images, test_labels) = data
    seed, epochs, size = recipe["seed"], recipe["epochs"], recipe["batch-size"]
    torch.manual_seed(seed)
    net = ViTForImageClassification.from_pretrained(starts / str(seed), dtype=torch.float32)
    matrices = [p for p in net.parameters() if p.ndim > 1]
    vectors = [p for p in net.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=recipe["weight-decay"]), dict(params=vectors, weight_decay=0.0)],
        lr=recipe["learning-rate"], fused=True)
    steps = math.ceil(len(images) / size) * epochs
    warmup = int(recipe["warmup-ratio"] * steps)
    step, accuracy = 0, []
    for _ in range(epochs):
        net.train()
        for batch in torch.randperm(len(images)).split(size):
            share = (step + 1) / (warmup + 1) if step < warmup else (
                1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2
            for group in optimizer.param_groups:
                group["lr"] = recipe["learning-rate"] * share
            loss = net(normal(augmented(images[batch], recipe.get("crop-padding", images.shape[-1] // 8))),
                       labels=labels[batch]).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), recipe["clip-norm"])
            optimizer.step()
            optimizer.zero_grad()
            step += 1
        net.eval()
        with torch.no_grad():
            right = sum((net(normal(part)).logits.argmax(1) == truth).sum().item()
                        for part, truth in zip(test_images.split(500), test_labels.split(500)))
        accuracy.append(right / len(test_images))
    return accuracy


ours, theirs = [], []
for name in names:
    model = workspace / "models" / name
    version = json.loads((model / "current.json").read_text())["version"]
    record = json.loads((model / "versions" / version / "training.json").read_text())
    recipe = record["config"]
    assert recipe["loss"] == "cross-entropy" and recipe["schedule"] == "cosine" and recipe["flip"] is True
    started = time.time()
    accuracy = train(recipe, (split("train", 32), split("validation", 32)))
    last = [epoch["validation"]["accuracy"] for epoch in record["history"]]
    ours.append(last[-1])
    theirs.append(accuracy[-1])
    print(f"seed {recipe['seed']}: validation accuracy after {len(last)} epochs {last[-1]:.4f}, "
          f"PyTorch {accuracy[-1]:.4f} ({time.time() - started:.0f} s)", flush=True)
difference = statistics.mean(ours) - statistics.mean(theirs)
print(f"mean of {len(names)} seeds: {statistics.mean(ours):.4f}, PyTorch {statistics.mean(theirs):.4f}, "
      f"difference {100 * difference:+.2f} points")
sys.exit(abs(difference) > 0.01)
