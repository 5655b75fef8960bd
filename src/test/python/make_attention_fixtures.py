"""Makes src/test/resources/vit/attention.json: where models look, computed from transformers' own attentions.

Needs torch and transformers. The models are those of src/test/resources/vit; the maps are written out here from the
papers (Abnar and Zuidema 2020, Chefer et al. 2021), with autograd's gradients of the attentions.
"""

import json
import pathlib
import sys

import torch
from transformers import AutoImageProcessor, AutoModelForImageClassification, DeiTForImageClassificationWithTeacher

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src/test/resources/vit")
MODELS = ["tiny", "families/deit", "families/deit-distilled", "families/dinov2", "families/dinov2-gated"]


def pixels(n, side):
    """Bytes from a formula that the Java tests repeat."""
    i = torch.arange(n * side * side * 3, dtype=torch.int64)
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).to(torch.uint8).reshape(n, side, side, 3)


def rows(t):
    return [round(v, 8) for v in t.detach().flatten().tolist()]


golden = {}
for name in MODELS:
    distilled = name.endswith("distilled")
    kind = DeiTForImageClassificationWithTeacher if distilled else AutoModelForImageClassification
    model = kind.from_pretrained(ROOT / name, attn_implementation="eager").eval()
    processor = AutoImageProcessor.from_pretrained(ROOT / name)
    mean, std = torch.tensor(processor.image_mean), torch.tensor(processor.image_std)
    images = ((pixels(3, 16).float() / 255 - mean) / std).permute(0, 3, 1, 2)
    output = model(images, output_attentions=True)
    attentions = output.attentions
    read = 2 if distilled else 1  # tokens that a head reads
    raw, rollouts, gradients = [], [], []
    for i in range(len(images)):
        grads = torch.autograd.grad(output.logits[i].max(), attentions, retain_graph=True)
        tokens = attentions[0].shape[-1]
        rollout = relevance = torch.eye(tokens)
        for attention, grad in zip(attentions, grads):
            hat = attention[i].mean(0) + torch.eye(tokens)
            rollout = hat / hat.sum(-1, keepdim=True) @ rollout
            relevance = relevance + (grad[i] * attention[i]).clamp(min=0).mean(0) @ relevance
        raw.append(torch.stack([attention[i][:, :read].mean(1) for attention in attentions]))
        rollouts.append(rollout[:read].mean(0))
        gradients.append(relevance[:read].mean(0))
    golden[name] = dict(
        logits=rows(output.logits),
        attention=rows(torch.stack(raw)),
        rollout=rows(torch.stack(rollouts)),
        gradient=rows(torch.stack(gradients)),
    )
(ROOT / "attention.json").write_text(json.dumps(golden))
