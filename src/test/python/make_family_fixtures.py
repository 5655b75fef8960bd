"""Makes src/test/resources/vit/families: small random models of every family, and the logits that their own library
gives them.

Needs torch, transformers and timm. Each folder is what transformers' save_pretrained or timm's save_for_hf writes;
golden.json has logits, also for larger images; loss and norm of the gradient for labels 0, 1, 2; and for models
without a head the final tokens.
"""

import json
import pathlib
import sys

import torchvision_operators  # noqa: F401, before timm
import timm
import torch
from timm.models._hub import save_for_hf
from transformers import (
    BitImageProcessorPil,
    DeiTConfig,
    DeiTForImageClassification,
    DeiTForImageClassificationWithTeacher,
    DeiTImageProcessorPil,
    Dinov2Config,
    Dinov2ForImageClassification,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessorPil,
)

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src/test/resources/vit/families")
IMAGENET = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
LABELS = dict(id2label={0: "cat", 1: "dog", 2: "owl"}, label2id={"cat": 0, "dog": 1, "owl": 2})
SMALL = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=4, **LABELS)
golden = {}
torch.manual_seed(0)


def pixels(n, side):
    """Bytes from a formula that the Java tests repeat."""
    i = torch.arange(n * side * side * 3, dtype=torch.int64)
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).to(torch.uint8).reshape(n, side, side, 3)


def normalised(mean, std, n=3, side=16):
    return ((pixels(n, side).float() / 255 - torch.tensor(mean)) / torch.tensor(std)).permute(0, 3, 1, 2)


def randomised(model, seed):
    torch.manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.3)
    return model.eval()


def rows(t):
    return [round(v, 7) for v in t.detach().flatten().tolist()]


def hugging_face(name, model, processor, seed, **save):
    model = randomised(model, seed)
    model.save_pretrained(OUT / name, **save)
    processor.save_pretrained(OUT / name)
    with torch.no_grad():
        images = normalised(processor.image_mean, processor.image_std)
        golden[name] = dict(logits=rows(model(images).logits))
        larger = normalised(processor.image_mean, processor.image_std, side=24)
        more = {} if model.config.model_type == "dinov2" else dict(interpolate_pos_encoding=True)
        golden[name]["larger"] = rows(model(larger, **more).logits)
    loss = torch.nn.functional.cross_entropy(model(images).logits, torch.tensor([0, 1, 2]))
    loss.backward()
    golden[name].update(loss=loss.item(), norm=torch.nn.utils.clip_grad_norm_(model.parameters(), 1e9).item())
    return model, images


def headless(name, model, processor, images):
    model.save_pretrained(OUT / name)
    processor.save_pretrained(OUT / name)
    with torch.no_grad():
        golden[name] = dict(tokens=rows(model(images).last_hidden_state))


def by_timm(name, architecture, seed, **args):
    args = dict(img_size=16, patch_size=4, embed_dim=16, depth=2, num_heads=2, **args)
    model = randomised(timm.create_model(architecture, num_classes=3, **args), seed)
    config = dict(num_classes=3, label_names=["cat", "dog", "owl"])
    save_for_hf(model, OUT / name, model_config=config, model_args=args, safe_serialization=True)
    with torch.no_grad():
        cfg = model.pretrained_cfg
        golden[name] = dict(logits=rows(model(normalised(cfg["mean"], cfg["std"]))))


vit = ViTImageProcessorPil(size={"height": 16, "width": 16})
deit = DeiTImageProcessorPil(size={"height": 18, "width": 18}, crop_size={"height": 16, "width": 16}, **IMAGENET)
bit = BitImageProcessorPil(size={"shortest_edge": 18}, crop_size={"height": 16, "width": 16}, **IMAGENET)

hugging_face("vit-sharded", ViTForImageClassification(ViTConfig(intermediate_size=32, **SMALL)), vit, 1,
             max_shard_size="12KB")
model, images = hugging_face("deit", DeiTForImageClassification(DeiTConfig(intermediate_size=32, **SMALL)), deit, 2)
headless("deit-headless", model.deit, deit, images)
hugging_face("deit-distilled", DeiTForImageClassificationWithTeacher(DeiTConfig(intermediate_size=32, **SMALL)), deit, 3)
model, images = hugging_face("dinov2", Dinov2ForImageClassification(Dinov2Config(mlp_ratio=2, **SMALL)), bit, 4)
headless("dinov2-headless", model.dinov2, bit, images)
# Published ones are made for 518 pixels and used with 224: the positions are interpolated, by transformers at each call.
hugging_face("dinov2-larger", Dinov2ForImageClassification(Dinov2Config(mlp_ratio=2, **{**SMALL, "image_size": 28})), bit, 5)
hugging_face("dinov2-gated", Dinov2ForImageClassification(Dinov2Config(use_swiglu_ffn=True, qkv_bias=False, **SMALL)), bit, 6)
by_timm("timm-vit", "vit_tiny_patch16_224", 7, mlp_ratio=2)
by_timm("timm-deit-distilled", "deit_tiny_distilled_patch16_224", 8, mlp_ratio=2)
by_timm("timm-deit3", "deit3_small_patch16_224", 9, mlp_ratio=2)
by_timm("timm-dinov2", "vit_small_patch14_dinov2", 10, mlp_ratio=2)

for card in OUT.glob("*/README.md"):
    card.unlink()
(OUT / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
