"""Exchanges models with Hugging Face transformers; .ci/check-transformers runs it.

    check_model_directory.py save DIR     transformers saves models of every family for Java to score and write again
    check_model_directory.py compare DIR  transformers and torch.jit load what Java wrote; logits are compared
"""

import json
import pathlib
import sys

import torch
from transformers import (
    AutoImageProcessor,
    AutoModelForImageClassification,
    BitImageProcessorPil,
    DeiTConfig,
    DeiTForImageClassification,
    DeiTForImageClassificationWithTeacher,
    DeiTImageProcessorPil,
    Dinov2Config,
    Dinov2ForImageClassification,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessor,
)

BATCH = 3
TOLERANCE = 1e-4


def pixels(side):
    i = torch.arange(BATCH * side * side * 3, dtype=torch.int64)
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).to(torch.uint8).reshape(BATCH, side, side, 3)


def prepared(path):
    """Normalised as the directory says, in the size that its images come out in."""
    c = json.loads((path / "preprocessor_config.json").read_text())
    side = (c["crop_size"] if c.get("do_center_crop") else c["size"])["height"]
    mean, std = torch.tensor(c["image_mean"]), torch.tensor(c["image_std"])
    return ((pixels(side).float() / 255 - mean) / std).permute(0, 3, 1, 2).contiguous()


def read(path):
    return torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.float32).reshape(BATCH, -1)


def save(root):
    torch.manual_seed(0)
    configs = {
        "ti16": dict(hidden_size=192, num_attention_heads=3, intermediate_size=768, num_labels=10),
        "custom": dict(hidden_size=40, num_hidden_layers=2, num_attention_heads=5, intermediate_size=64, image_size=24,
                       patch_size=6, hidden_act="relu", qkv_bias=False, layer_norm_eps=1e-6, initializer_range=0.3),
    }
    for name, config in configs.items():
        model = ViTForImageClassification(ViTConfig(**config))
        model.save_pretrained(root / "theirs" / name)
        side = model.config.image_size
        ViTImageProcessor(size={"height": side, "width": side}).save_pretrained(root / "theirs" / name)
    imagenet = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
    deit = DeiTImageProcessorPil(**imagenet)
    bit = BitImageProcessorPil(size={"shortest_edge": 256}, **imagenet)
    small = dict(hidden_size=192, num_attention_heads=3, initializer_range=0.1, num_labels=10)
    families = {
        "deit-ti16": (DeiTForImageClassification(DeiTConfig(intermediate_size=768, **small)), deit),
        "deit-ti16-distilled": (DeiTForImageClassificationWithTeacher(DeiTConfig(intermediate_size=768, **small)), deit),
        "dinov2-ti14-518": (Dinov2ForImageClassification(Dinov2Config(image_size=518, layerscale_value=0.5, **small)), bit),
        "dinov2-ti14-gated": (Dinov2ForImageClassification(Dinov2Config(use_swiglu_ffn=True, **{**small, "initializer_range": 0.05})), bit),
    }
    for name, (other, processor) in families.items():
        other.save_pretrained(root / "theirs" / name, max_shard_size="10MB")
        processor.save_pretrained(root / "theirs" / name)
    model.to(torch.bfloat16).save_pretrained(root / "theirs" / "custom-bf16")
    ViTImageProcessor(size={"height": side, "width": side}).save_pretrained(root / "theirs" / "custom-bf16")


def check(what, actual, expected, tolerance=TOLERANCE):
    difference = (actual - expected).abs().max().item()
    print(f"{what}: largest difference {difference:.1e} of logits up to {expected.abs().max().item():.2f}")
    if not difference <= tolerance:
        sys.exit(f"{what}: {difference} is over {tolerance}")


@torch.no_grad()
def compare(root):
    for path in sorted((root / "theirs").iterdir()):
        model = AutoModelForImageClassification.from_pretrained(path, dtype=torch.float32).eval()
        logits = model(prepared(path)).logits
        check(f"saved by transformers, scored by us: {path.name}", read(path / "logits.f32"), logits)
        again = root / "ours" / path.name
        if again.exists():
            check("  and as we write it again", read(again / "logits.f32"), logits)
    for path in sorted((root / "ours").iterdir()):
        model, info = AutoModelForImageClassification.from_pretrained(path, output_loading_info=True)
        theirs = root / "theirs" / path.name
        architecture = json.loads((theirs if theirs.exists() else path).joinpath("config.json").read_text())["architectures"][0]
        if type(model).__name__ != architecture or any(info.get(k) for k in ("missing_keys", "unexpected_keys", "mismatched_keys")):
            sys.exit(f"{path}: {type(model)} {info}")
        side = model.config.image_size
        image = torch.zeros(3, 300, 400, dtype=torch.uint8)
        made = AutoImageProcessor.from_pretrained(path)(image, return_tensors="pt")["pixel_values"].shape
        if tuple(made) != (1, 3, side, side):
            sys.exit(f"{path}: image processor makes {made}")
        count = sum(p.numel() for p in model.parameters())
        logits = model.eval()(prepared(path)).logits
        ours = read(path / "logits.f32")
        check(f"written by us, scored by transformers: {path.name} ({count:,} parameters)", ours, logits)
        from safetensors import safe_open
        with safe_open(path / "model.safetensors", "pt") as f:
            keys = set(f.keys())
        for name, tolerance in (("fp32", TOLERANCE), ("bf16", 0.1 * logits.abs().max().item()), ("training", 0.1 * logits.abs().max().item())):
            archive = torch.jit.load(str(path / f"{name}.pt"))
            if {n for n, _ in archive.named_parameters()} != keys:
                sys.exit(f"{path}/{name}.pt: parameters are not those of the checkpoint")
            check(f"torch.jit.load {path.name}/{name}.pt", archive(pixels(side)), logits, tolerance)
            if name == "fp32":
                check(f"  its embed()", archive.embed(pixels(side)), read(path / "embeddings.f32"))


if __name__ == "__main__":
    {"save": save, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]))
