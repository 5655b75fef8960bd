"""Exchanges models with Hugging Face transformers; .ci/check-transformers runs it.

    check_model_directory.py save DIR     transformers saves models for Java to score
    check_model_directory.py compare DIR  transformers and torch.jit load what Java wrote; logits are compared
"""

import pathlib
import sys

import torch
from transformers import AutoImageProcessor, AutoModelForImageClassification, ViTConfig, ViTForImageClassification, ViTImageProcessor

BATCH = 3
TOLERANCE = 1e-4


def pixels(side):
    i = torch.arange(BATCH * side * side * 3, dtype=torch.int64)
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).to(torch.uint8).reshape(BATCH, side, side, 3)


def prepared(side):
    return ((pixels(side).float() / 255 - 0.5) / 0.5).permute(0, 3, 1, 2).contiguous()


def read(path, width):
    return torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.float32).reshape(BATCH, width)


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
        model = ViTForImageClassification.from_pretrained(path, dtype=torch.float32).eval()
        logits = model(prepared(model.config.image_size)).logits
        check(f"saved by transformers, scored by us: {path.name}", read(path / "logits.f32", logits.shape[1]), logits)
    for path in sorted((root / "ours").iterdir()):
        model, info = AutoModelForImageClassification.from_pretrained(path, output_loading_info=True)
        if type(model) is not ViTForImageClassification or any(info.get(k) for k in ("missing_keys", "unexpected_keys", "mismatched_keys")):
            sys.exit(f"{path}: {type(model)} {info}")
        side, labels = model.config.image_size, model.config.num_labels
        size = AutoImageProcessor.from_pretrained(path).size
        if (size["height"], size["width"]) != (side, side):
            sys.exit(f"{path}: image processor makes {size}")
        count = sum(p.numel() for p in model.parameters())
        logits = model.eval()(prepared(side)).logits
        ours = read(path / "logits.f32", labels)
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
                check(f"  its embed()", archive.embed(pixels(side)), read(path / "embeddings.f32", model.config.hidden_size))


if __name__ == "__main__":
    {"save": save, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]))
