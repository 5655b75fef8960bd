"""Small random checkpoints of every form that people bring, scored by transformers or timm and by us.

    check_checkpoints.py make DIR     makes the checkpoints and the images, and has transformers or timm score them
    check_checkpoints.py compare DIR  holds what Java made of them (CheckpointsExchange) against that

.ci/check-checkpoints runs it. A checkpoint has to be right (probabilities within 1e-5), or refused in one line; one that
is wrong without a word fails the check, as does one that is refused where it is known to be right.
"""

import collections
import json
import logging
import math
import pathlib
import shutil
import sys
import warnings

import torchvision_operators  # noqa: F401, before timm
import numpy
import timm
import torch
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file
from timm.models._hub import save_for_hf

TOLERANCE = 1e-5
SIDE = 32
PETS = ["cat", "dog", "owl"]
logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")
expected = {}


def images():
    """14 drawings of odd sizes: waves and noise."""
    rng = numpy.random.default_rng(5)
    sizes = [(64, 64), (33, 47), (47, 33), (97, 31), (31, 97), (32, 32), (1, 40), (50, 1), (129, 65), (200, 37), (37, 200), (36, 35), (35, 36), (151, 101)]
    drawn = []
    for width, height in sizes:
        y, x = numpy.mgrid[0:height, 0:width]
        waves = [127 + 90 * numpy.sin(x / rng.uniform(2, 20) + y / rng.uniform(2, 20) + rng.uniform(0, 6)) for _ in range(3)]
        pixels = numpy.stack(waves, -1) + rng.normal(0, 20, (height, width, 3))
        drawn.append(Image.fromarray(pixels.clip(0, 255).astype("uint8")))
    return drawn


IMAGES = images()


def labels(names):
    return dict(id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)})


def spread(model, seed):
    """Weights that make answers differ from image to image."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.15)
        for name, p in model.named_parameters():
            if "classifier" in name or name.startswith("head"):
                p.mul_(4)
    return model.eval()


SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, image_size=SIDE, patch_size=8)


def vit(names=PETS, seed=1, **more):
    return spread(transformers.ViTForImageClassification(transformers.ViTConfig(**{**SMALL, "intermediate_size": 48, **labels(names), **more})), seed)


def deit(names=PETS, seed=2, teacher=False, **more):
    kind = transformers.DeiTForImageClassificationWithTeacher if teacher else transformers.DeiTForImageClassification
    return spread(kind(transformers.DeiTConfig(**{**SMALL, "intermediate_size": 48, **labels(names), **more})), seed)


def dinov2(names=PETS, seed=3, **more):
    return spread(transformers.Dinov2ForImageClassification(transformers.Dinov2Config(**{**SMALL, "mlp_ratio": 2, **labels(names), **more})), seed)


PREPROCESSOR = dict(image_processor_type="ViTImageProcessor", do_resize=True, size=dict(height=SIDE, width=SIDE), resample=2, do_rescale=True,
                    rescale_factor=1 / 255, do_normalize=True, image_mean=[0.5, 0.4, 0.3], image_std=[0.5, 0.6, 0.7])
BIT = dict(image_processor_type="BitImageProcessor", size={"shortest_edge": 36}, crop_size={"height": SIDE, "width": SIDE})


def write(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n")


def answer(folder, model):
    """As transformers' pipeline answers, with its Pillow processors; or why it does not."""
    try:
        processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
        with torch.no_grad():
            logits = torch.cat([model(**processor(image, return_tensors="pt")).logits for image in IMAGES]).double()
        sigmoid = model.config.problem_type == "multi_label_classification" or model.config.num_labels == 1
        p = logits.sigmoid() if sigmoid else logits.softmax(-1)
        if model.config.problem_type == "regression":
            return dict(probabilities=logits.tolist())
        if not torch.isfinite(p).all():
            return dict(error="not finite")
        return dict(probabilities=p.tolist())
    except Exception as e:  # what transformers cannot do
        return dict(error=f"{type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}"[:200])


def hugging_face(root, name, model, due, pre=PREPROCESSOR, config=None, edit=None, load=True, nested=None, **save):
    """
    due: "right", "refused" or "either"; config: keys of config.json to set, None to remove; pre: the file, or None for none;
    edit: changes the folder; load: whether transformers reads it again from disk.
    """
    folder = root / "cases" / name
    model.save_pretrained(folder, **save)
    if pre is not None:
        write(folder / "preprocessor_config.json", pre)
    if nested is not None:
        write(folder / "processor_config.json", nested)
    if config:
        c = json.loads((folder / "config.json").read_text())
        for key, value in config.items():
            c.pop(key, None)
            if value is not None or key in ("id2label",) and value is None and config.get("keep_none"):
                c[key] = value
        c.pop("keep_none", None)
        write(folder / "config.json", c)
    if edit:
        edit(folder)
    if load:
        try:
            model = type(model).from_pretrained(folder, dtype=torch.float32).eval()
        except Exception as e:
            expected[name] = dict(due=due, error=str(e).splitlines()[0][:200])
            return
    expected[name] = dict(due=due, **answer(folder, model))


def pre(**change):
    merged = {**PREPROCESSOR, **change}
    return {k: v for k, v in merged.items() if v != "absent"}


def hugging_face_cases(root):
    def add(name, model, due="right", **more):
        hugging_face(root, name, model, due, **more)

    for act in ["gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_python", "gelu_accurate", "gelu_python_tanh", "relu", "silu", "swish", "quick_gelu"]:
        add(f"vit-act-{act}", vit(hidden_act=act))
    for act in ["mish", "tanh", "gelu_10", "leaky_relu", "hardswish"]:
        add(f"vit-act-{act}", vit(hidden_act=act), "refused")
    for name, more in dict(nobias=dict(qkv_bias=False), patch4=dict(patch_size=4), side48=dict(image_size=48), eps=dict(layer_norm_eps=1e-3), heads1=dict(num_attention_heads=1),
                           heads8=dict(num_attention_heads=8), deep=dict(num_hidden_layers=5), wide=dict(intermediate_size=200), range=dict(initializer_range=0.5)).items():
        side = more.get("image_size", SIDE)
        add(f"vit-{name}", vit(**more), pre=pre(size={"height": side, "width": side}))
    for name, model in dict(vit=vit(), deit=deit(), teacher=deit(teacher=True), dinov2=dinov2(), gated=dinov2(use_swiglu_ffn=True)).items():
        p = BIT if model.config.model_type == "dinov2" else PREPROCESSOR
        add(f"{name}-plain", model, pre=p)
        add(f"{name}-shards", model, pre=p, max_shard_size="20KB")
        for dtype in (torch.float16, torch.bfloat16):
            kind = type(model)
            half = kind(model.config)
            half.load_state_dict(model.state_dict())
            add(f"{name}-{str(dtype).split('.')[1]}", half.to(dtype), pre=p)
    for family, make in dict(vit=vit, deit=deit, dinov2=dinov2).items():
        p = BIT if family == "dinov2" else PREPROCESSOR
        for problem in ("single_label_classification", "multi_label_classification", "regression"):
            add(f"{family}-{problem}", make(problem_type=problem), "right" if problem.startswith("single") else "refused", pre=p)
        add(f"{family}-one-label", make(names=["score"]), "refused", pre=p)
    add("vit-one-label-regression", vit(names=["score"], problem_type="regression"), "refused")
    add("teacher-multi-label", deit(teacher=True, problem_type="multi_label_classification"), "refused")
    add("dinov2-larger", dinov2(image_size=56), pre=BIT)
    add("dinov2-smaller", dinov2(image_size=16), pre=BIT)
    add("vit-1000", vit(names=[f"c{i}" for i in range(1000)]))
    add("vit-21843", vit(names=[f"c{i}" for i in range(21843)]))

    # Names of classes.
    cranes = [f"c{i}" for i in range(20)]
    cranes[3] = cranes[17] = "crane"
    names = lambda values: {str(i): v for i, v in enumerate(values)}
    add("names-twice", vit(names=[f"c{i}" for i in range(20)]), config=dict(id2label=names(cranes), label2id={n: i for i, n in enumerate(cranes)}))
    add("names-twice-dinov2", dinov2(names=[f"c{i}" for i in range(20)]), config=dict(id2label=names(cranes), label2id={n: i for i, n in enumerate(cranes)}), pre=BIT)
    add("names-white-space", vit(), config=dict(id2label=names(["a", " a", "b "])))
    add("names-unicode", vit(), config=dict(id2label=names(["Größe", "猫", "a/b \"c\""])))
    add("names-numbers", vit(), config=dict(id2label={"0": 5, "1": 6, "2": 7}, label2id=None))
    add("names-unordered", vit(), config=dict(id2label={"2": "z", "0": "x", "1": "y"}))
    add("names-contradict", vit(), config=dict(label2id={"cat": 2, "dog": 0, "owl": 1}))
    add("names-none", vit(names=["LABEL_0", "LABEL_1"]), config=dict(id2label=None, label2id=None))
    add("names-count", vit(), config=dict(id2label=None, label2id=None, num_labels=3))
    add("names-gap", vit(), "refused", config=dict(id2label={"0": "a", "1": "b", "3": "c"}))
    add("names-null", vit(), "refused", config=dict(id2label={"0": "a", "1": "b", "2": None}))
    add("names-empty", vit(), "refused", config=dict(id2label={"0": "a", "1": "b", "2": ""}))
    add("names-list", vit(), "refused", config=dict(id2label=["a", "b", "c"]))
    add("names-more-than-rows", vit(), "refused", config=dict(id2label=names(["a", "b", "c", "d"])), load=False)
    add("names-fewer-than-rows", vit(), "refused", config=dict(id2label=names(["a", "b"])), load=False)
    add("names-by-label-only", vit(), "refused", config=dict(id2label=None), load=False)
    add("names-count-contradicts", vit(), "refused", config=dict(num_labels=7), load=False)

    # Configurations.
    add("config-sides", vit(), config=dict(image_size=[SIDE, SIDE], patch_size=[8, 8]), load=False)
    add("config-extra-keys", vit(), config=dict(finetuning_task="image-classification", _name_or_path="x", encoder_stride=16, pooler_act="tanh", torch_dtype="float16"))
    add("config-not-square", vit(image_size=[32, 48]), "refused", pre=pre(size={"height": 32, "width": 48}))
    add("config-gray", vit(num_channels=1), "refused", load=False)

    add("config-quantized", vit(), "refused", config=dict(quantization_config=dict(quant_method="bitsandbytes", load_in_8bit=True)), load=False)

    # Image processors.
    square = {"height": SIDE, "width": SIDE}
    edge = {"shortest_edge": SIDE}
    for kind, keys in {
        "ViT": dict(size=square), "DeiT": dict(size=36, crop_size=SIDE), "Bit": dict(size=edge, crop_size=SIDE), "CLIP": dict(size=36, crop_size=square), "ChineseCLIP": dict(size=edge, crop_size=SIDE),
        "Siglip": dict(size=square), "Blip": dict(size=square), "Pvt": dict(size=SIDE), "Beit": dict(size=40, crop_size=SIDE, do_center_crop=True, do_reduce_labels=False), "Segformer": dict(size=SIDE, do_reduce_labels=True),
        "MobileNetV1": dict(size=40, crop_size=SIDE), "MobileNetV2": dict(size=edge, crop_size=SIDE), "Levit": dict(size=edge, crop_size=SIDE), "PoolFormer": dict(size=edge, crop_size=SIDE),
        "ConvNext": dict(size=edge, crop_pct=0.875), "EfficientNet": dict(size=square)}.items():
        for suffix in ("ImageProcessor", "ImageProcessorFast"):
            add(f"processor-{kind}{suffix}", vit(), pre={"image_processor_type": kind + suffix, **keys})
    for kind in ["ViT", "DeiT", "CLIP"]:
        keys = dict(size=square) if kind == "ViT" else dict(size=36, crop_size=SIDE)
        add(f"processor-{kind}FeatureExtractor", vit(), pre={"feature_extractor_type": kind + "FeatureExtractor", **keys})
    for kind in ["Donut", "Perceiver", "MobileViT", "Siglip2", "DINOv3ViT", "Vilt", "Flava", "ImageGPT", "DPT", "TimmWrapper", "My"]:
        add(f"processor-{kind}", vit(), "refused", pre={"image_processor_type": kind + "ImageProcessor", "size": square})
    efficient = dict(image_processor_type="EfficientNetImageProcessor", size=square, image_mean=[0.4, 0.5, 0.6], image_std=[0.6, 0.7, 0.8], rescale_factor=1 / 127.5)
    for name, keys in dict(offset=dict(rescale_offset=True), top=dict(include_top=True), notop=dict(include_top=False, rescale_offset=True), nonorm=dict(do_normalize=False, rescale_offset=True),
                           neither=dict(do_normalize=False, include_top=False, rescale_offset=True), norescale=dict(do_rescale=False, rescale_offset=True), crop=dict(do_center_crop=True, size=40, crop_size=SIDE)).items():
        add(f"processor-efficient-{name}", vit(), pre={**efficient, **keys})
    for name, keys in {"convnext-384": dict(image_processor_type="ConvNextImageProcessor", size={"shortest_edge": 384}), "convnext-95": dict(image_processor_type="ConvNextImageProcessor", size=SIDE, crop_pct=0.95),
                       "poolformer-square": dict(image_processor_type="PoolFormerImageProcessor", size=square, crop_size=SIDE, crop_pct=0.95),
                       "poolformer-nocrop": dict(image_processor_type="PoolFormerImageProcessor", size={"height": 32, "width": 30}, crop_size=SIDE),
                       "levit-square": dict(image_processor_type="LevitImageProcessor", size=square, crop_size=SIDE)}.items():
        side = 384 if name.endswith("384") else SIDE
        add(f"processor-{name}", vit(image_size=side, patch_size=side // 4), "either" if "nocrop" in name else "right", pre=keys)

    # Keys of the usual one.
    for name, (due, keys) in {
        "rescale-offset": ("refused", dict(rescale_offset=True)), "include-top": ("refused", dict(include_top=True)), "flip": ("refused", dict(do_flip_channel_order=True)),
        "flip-false": ("right", dict(do_flip_channel_order=False)), "crop-pct": ("refused", dict(crop_pct=0.9)), "pad": ("refused", dict(do_pad=True, pad_size=square)), "unknown": ("refused", dict(sharpen=2)),
        "unknown-null": ("right", dict(sharpen=None)), "convert-rgb": ("right", dict(do_convert_rgb=True)), "data-format": ("right", dict(data_format="channels_first")), "nulls": ("right", dict(do_center_crop=None, crop_size=None, do_pad=None, return_tensors=None, resample=2)),
        "size-list": ("right", dict(size=[SIDE, SIDE])), "size-number": ("right", dict(size=SIDE)), "size-edge": ("refused", dict(size=edge)), "size-edges": ("refused", dict(size={"shortest_edge": SIDE, "longest_edge": 64})),
        "size-not-square": ("refused", dict(size={"height": 32, "width": 48})), "size-edge-crop": ("right", dict(size={"shortest_edge": 40}, do_center_crop=True, crop_size=SIDE)),
        "size-odd-crop": ("right", dict(size=37, do_center_crop=True, crop_size=SIDE)), "size-pads": ("right", dict(size=27, do_center_crop=True, crop_size=SIDE)), "size-absent": ("refused", dict(size="absent")),
        "square-false": ("refused", dict(size=SIDE, default_to_square=False)), "max-size": ("refused", dict(size=SIDE, max_size=64)), "crop-no-size": ("refused", dict(do_center_crop=True)),
        "crop-list": ("right", dict(size=40, do_center_crop=True, crop_size=[SIDE, SIDE])), "crop-edge": ("refused", dict(do_center_crop=True, crop_size=edge)), "crop-unused": ("right", dict(crop_size=20)),
        "no-resize": ("refused", dict(do_resize=False)), "no-rescale": ("right", dict(do_rescale=False, image_mean=[120, 110, 100], image_std=60)), "no-normalize": ("right", dict(do_normalize=False)),
        "factor": ("right", dict(rescale_factor=1 / 127.5)), "factor-0": ("refused", dict(rescale_factor=0)), "mean-number": ("right", dict(image_mean=0.4, image_std=0.7)), "mean-two": ("refused", dict(image_mean=[0.5, 0.5])), "mean-one": ("refused", dict(image_mean=[0.5])),
        "mean-words": ("refused", dict(image_mean="imagenet")), "std-0": ("refused", dict(image_std=[0.5, 0, 0.5])), "std-infinite": ("refused", dict(image_std=[0.5, math.inf, 0.5])), "std-nan": ("refused", dict(image_std=[0.5, math.nan, 0.5])),
        "std-negative": ("refused", dict(image_std=-0.5)), "resample-words": ("refused", dict(resample="bicubic")), "resample-9": ("refused", dict(resample=9)), "type-absent": ("right", dict(image_processor_type="absent")),
        "channels-first": ("refused", dict(input_data_format="channels_first")), "square-size": ("refused", dict(use_square_size=True)), "thumbnail": ("refused", dict(do_thumbnail=True)), "align": ("refused", dict(do_align_long_axis=True)),
        "rescale-null": ("right", dict(do_rescale=None)), "normalize-null": ("right", dict(do_normalize=None)), "resize-null": ("refused", dict(do_resize=None)),
        "processor-class": ("right", dict(processor_class="X", _valid_processor_keys=["images"]))}.items():
        add(f"key-{name}", vit(), due, pre=pre(**keys))
    for filter in range(6):
        add(f"key-resample-{filter}", vit(), pre=pre(resample=filter))

    # processor_config.json.
    clip = dict(image_processor_type="CLIPImageProcessor", size=36, crop_size=SIDE)
    add("nested-alone", vit(), pre=None, nested=dict(image_processor=clip, processor_class="P"))
    add("nested-wins", vit(), nested=dict(image_processor=clip))
    add("nested-without", vit(), nested=dict(processor_class="P"))
    add("nested-unknown-key", vit(), "refused", nested=dict(image_processor={**clip, "sharpen": 1}))
    add("nested-none", vit(), "either", pre=None)

    # Files.
    def truncate(folder):
        file = folder / "model.safetensors"
        file.write_bytes(file.read_bytes()[:-100])

    def pointer(folder):
        (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")

    def pickle(folder):
        torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()

    def missing_shard(folder):
        sorted(folder.glob("model-*.safetensors"))[0].unlink()

    def nan(folder):
        tensors = load_file(folder / "model.safetensors")
        tensors["classifier.bias"][0] = math.nan
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})

    def headless(folder):
        tensors = {k: v for k, v in load_file(folder / "model.safetensors").items() if not k.startswith("classifier")}
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})

    def adapter(folder):
        (folder / "config.json").rename(folder / "adapter_config.json")
        (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")

    def extra(folder):
        tensors = load_file(folder / "model.safetensors")
        tensors["vit.embeddings.register_tokens"] = torch.zeros(1, 4, 32)
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})

    for name, edit in dict(truncated=truncate, pointer=pointer, pickle=pickle, nan=nan, headless=headless, adapter=adapter, extra=extra).items():
        add(f"file-{name}", vit(), "refused", edit=edit, load=False)
    add("file-missing-shard", vit(), "refused", edit=missing_shard, load=False, max_shard_size="20KB")


def other_families(root):
    """Each has to be refused by name until it is supported."""
    tiny = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, image_size=SIDE, patch_size=8, **labels(PETS))
    stages = dict(image_size=SIDE, **labels(PETS))
    vision = {k: v for k, v in tiny.items() if k not in labels(PETS)}
    for name, config in {
        "swin": dict(embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=2, patch_size=4, **stages),
        "swinv2": dict(embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=2, patch_size=4, **stages),
        "beit": tiny, "data2vec-vision": tiny, "vit_msn": tiny, "dinov2_with_registers": {**tiny, "mlp_ratio": 2},
        "convnext": dict(depths=[1, 1, 1, 1], hidden_sizes=[8, 8, 8, 8], **stages), "convnextv2": dict(depths=[1, 1, 1, 1], hidden_sizes=[8, 8, 8, 8], **stages),
        "resnet": dict(embedding_size=8, hidden_sizes=[8, 8], depths=[1, 1], **labels(PETS)), "regnet": dict(embedding_size=8, hidden_sizes=[8, 8], depths=[1, 1], groups_width=4, **labels(PETS)),
        "siglip": dict(vision_config=vision, text_config=dict(hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=32, vocab_size=64, max_position_embeddings=16), **labels(PETS)),
        "clip": dict(vision_config=vision, text_config=dict(hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=32, vocab_size=64, max_position_embeddings=16), projection_dim=16, **labels(PETS)),
        "poolformer": dict(depths=[1, 1, 1, 1], hidden_sizes=[8, 8, 8, 8], **labels(PETS)), "mobilenet_v2": dict(**labels(PETS)), "levit": dict(image_size=64, **labels(PETS)),
        "pvt": dict(image_size=64, hidden_sizes=[8, 8, 8, 8], depths=[1, 1, 1, 1], num_attention_heads=[1, 1, 2, 2], **labels(PETS)), "focalnet": dict(image_size=64, embed_dim=8, depths=[1, 1], focal_levels=[2, 2], focal_windows=[3, 3], hidden_sizes=[8, 16], **labels(PETS)),
        "cvt": dict(**labels(PETS)), "efficientnet": dict(width_coefficient=0.2, depth_coefficient=0.2, **labels(PETS)), "segformer": dict(hidden_sizes=[8, 8, 8, 8], num_attention_heads=[1, 1, 1, 1], decoder_hidden_size=8, **labels(PETS)),
        "mobilevit": dict(image_size=64, **labels(PETS)), "hiera": dict(embed_dim=16, num_heads=[1, 1, 2, 2], depths=[1, 1, 1, 1], **labels(PETS)), "ijepa": tiny, "bit": dict(hidden_sizes=[32, 32, 32, 32], depths=[1, 1, 1, 1], embedding_size=32, **labels(PETS)),
    }.items():
        try:
            c = transformers.AutoConfig.for_model(name, **config)
            model = transformers.AutoModelForImageClassification.from_config(c)
        except Exception as e:
            print(f"  {name}: not made ({type(e).__name__}: {str(e).splitlines()[0][:90]})")
            continue
        folder = root / "cases" / f"family-{name}"
        model.eval().save_pretrained(folder)
        write(folder / "preprocessor_config.json", PREPROCESSOR)
        expected[f"family-{name}"] = dict(due="refused")
        yield name, model
    for name in ("dinov3_vit", "vit_mae", "siglip_vision_model", "clip_vision_model"):
        c = transformers.AutoConfig.for_model(name, **{k: v for k, v in tiny.items() if k not in labels(PETS)})
        folder = root / "cases" / f"family-{name}"
        transformers.AutoModel.from_config(c).save_pretrained(folder)
        write(folder / "preprocessor_config.json", PREPROCESSOR)
        expected[f"family-{name}"] = dict(due="refused")


class Logits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, images):
        out = self.model(images)
        return out if isinstance(out, torch.Tensor) else out["logits"] if isinstance(out, dict) else out[0]


@torch.no_grad()
def scripted(root, name, model, due="right", keys=None, config=None, dtype=torch.float32):
    folder = root / "cases" / f"torchscript-{name}"
    folder.mkdir(parents=True)
    side = 64 if name in ("levit", "pvt", "focalnet", "mobilevit") else SIDE
    p = keys or pre(size={"height": side, "width": side})
    write(folder / "preprocessor_config.json", p)
    write(folder / "config.json", dict(id2label={str(i): n for i, n in enumerate(PETS)}, **(config or {})))
    module = torch.jit.trace(Logits(model).to(dtype).eval(), torch.rand(2, 3, side, side).to(dtype), strict=False, check_trace=False)
    module.save(folder / "model.pt")
    kind = getattr(transformers, p["image_processor_type"] + "Pil")
    processor = kind(**{k: v for k, v in p.items() if k != "image_processor_type"})
    logits = torch.cat([module(processor(i, return_tensors="pt")["pixel_values"].to(dtype)) for i in IMAGES]).double()
    tolerance = TOLERANCE if dtype == torch.float32 else 5e-3
    expected[f"torchscript-{name}"] = dict(due=due, probabilities=logits.softmax(-1).tolist(), tolerance=tolerance)


@torch.no_grad()
def by_timm(root, name, architecture, due="right", cfg=None, side=SIDE, names=PETS, edit=None, arguments=None, saved=None, **args):
    args = {**dict(img_size=side, patch_size=8, embed_dim=32, depth=2, num_heads=4), **args}
    args = {k: v for k, v in args.items() if v is not None}
    torch.manual_seed(4)
    model = spread(timm.create_model(architecture, num_classes=len(names), **args), 4)
    size = side if isinstance(side, tuple) else (side, side)
    for key, value in {"input_size": (3, *size), "fixed_input_size": True, **(cfg or {})}.items():
        model.pretrained_cfg[key] = value
    folder = root / "cases" / f"timm-{name}"
    config = dict(num_classes=len(names))
    if names is not None:
        config["label_names"] = names
    save_for_hf(model, folder, model_config=config, model_args=saved if saved is not None else args, safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)
    if edit:
        c = json.loads((folder / "config.json").read_text())
        edit(c)
        write(folder / "config.json", c)
    transform = timm.data.create_transform(**timm.data.resolve_data_config(pretrained_cfg=model.pretrained_cfg))
    logits = torch.cat([model(transform(i)[None]) for i in IMAGES]).double()
    expected[f"timm-{name}"] = dict(due=due, probabilities=logits.softmax(-1).tolist())


def timm_cases(root):
    def add(name, architecture="vit_tiny_patch16_224", due="right", **more):
        by_timm(root, name, architecture, due, **more)

    for share in (0.875, 0.9, 0.95, 0.965, 1.0):
        for mode in ("center", "squash"):
            add(f"{mode}-{share}", cfg=dict(crop_pct=share, crop_mode=mode))
    add("border", due="refused", cfg=dict(crop_pct=0.9, crop_mode="border"))
    for interpolation in ("bilinear", "bicubic", "lanczos", "nearest", "box", "hamming"):
        add(f"interpolation-{interpolation}", cfg=dict(interpolation=interpolation))
    add("mean", cfg=dict(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)))
    add("test-size", cfg=dict(test_input_size=(3, 64, 64), test_crop_pct=1.0))
    add("no-crop-pct", cfg=dict(crop_pct=None))
    add("side-40", side=40)
    add("deit", "deit_tiny_patch16_224")
    add("deit-distilled", "deit_tiny_distilled_patch16_224")
    add("deit3", "deit3_small_patch16_224")
    add("dinov2", "vit_small_patch14_dinov2")
    add("no-bias", qkv_bias=False)
    add("no-embed-class", due="either", no_embed_class=True)
    add("names-twice", names=["crane", "b", "crane"])
    add("one-class", due="refused", names=["score"])
    add("registers", "vit_small_patch14_reg4_dinov2", due="refused")
    add("average", due="refused", global_pool="avg", class_token=False)
    add("average-with-class", due="refused", global_pool="avg")
    add("not-square", due="refused", side=(32, 48))
    # 4 x 6 patches and a class token are as many as 5 x 5.
    add("as-many-as-a-square", due="refused", side=(32, 48))
    add("as-many-as-a-square-unsaid", due="refused", side=(32, 48), saved=dict(num_heads=4))
    add("not-square-unsaid", due="refused", side=(24, 40), saved=dict(num_heads=4), edit=lambda c: c["pretrained_cfg"].pop("input_size"))
    add("quickgelu", "vit_base_patch16_clip_quickgelu_224", due="refused")
    add("pre-norm", "vit_base_patch16_clip_224", due="refused")
    add("siglip", "vit_base_patch16_siglip_224", due="refused")
    add("eva02", "eva02_tiny_patch14_224", due="refused")
    add("heads-unsaid", due="refused", saved=dict(img_size=SIDE, patch_size=8, embed_dim=32, depth=2))
    add("qk-norm", due="refused", qk_norm=True)
    add("dynamic-other-size", due="refused", dynamic_img_size=True, cfg=dict(input_size=(3, 64, 64), fixed_input_size=False))
    for name in ("resnet10t", "convnext_atto", "mobilenetv3_small_050"):
        add(name, name, due="refused", img_size=None, patch_size=None, embed_dim=None, depth=None, num_heads=None)
    # timm_wrapper of transformers.
    folder = root / "cases" / "timm-wrapper"
    shutil.copytree(root / "cases" / "timm-center-0.9", folder)
    c = json.loads((folder / "config.json").read_text())
    write(folder / "config.json", {**c, "model_type": "timm_wrapper"})
    expected["timm-wrapper"] = dict(due="refused")


def make(root):
    torch.set_num_threads(1)
    (root / "cases").mkdir(parents=True)
    (root / "images").mkdir()
    for i, image in enumerate(IMAGES):
        image.save(root / "images" / f"{i:02d}.png")
    hugging_face_cases(root)
    for name, model in other_families(root):
        if name in ("swin", "swinv2", "beit", "convnext", "convnextv2", "resnet", "siglip", "clip", "dinov2_with_registers", "vit_msn", "regnet", "poolformer", "segformer"):
            scripted(root, name, model)
    scripted(root, "convnext-processor", vit(), keys=dict(image_processor_type="ConvNextImageProcessor", size={"shortest_edge": SIDE}, crop_pct=0.875))
    scripted(root, "half", vit(), dtype=torch.float16)
    scripted(root, "multi-label", vit(), "refused", config=dict(problem_type="multi_label_classification"))
    scripted(root, "mobilenetv3", timm.create_model("mobilenetv3_small_050", num_classes=3).eval())
    scripted(root, "eva02", timm.create_model("eva02_tiny_patch14_224", num_classes=3, img_size=SIDE, patch_size=8, embed_dim=32, depth=2, num_heads=4).eval())
    timm_cases(root)
    write(root / "expected.json", expected)
    print(f"{len(expected)} checkpoints made with transformers {transformers.__version__} and timm {timm.__version__}")


def compare(root):
    theirs, ours = json.loads((root / "expected.json").read_text()), json.loads((root / "ours.json").read_text())
    counts, bad, largest = collections.Counter(), [], 0.0
    for name, case in theirs.items():
        mine = ours.get(name, {"trace": "absent"})
        if "probabilities" in mine:
            if "probabilities" not in case:
                verdict = "wrong"
                bad.append(f"WRONG {name}: answered, where transformers says {case.get('error', 'nothing')}")
                if case["due"] == "either":
                    bad.pop()
                    verdict = "answered, where transformers asks for a file"
            else:
                error = numpy.abs(numpy.array(mine["probabilities"]) - numpy.array(case["probabilities"])).max() if numpy.shape(mine["probabilities"]) == numpy.shape(case["probabilities"]) else math.inf
                verdict = "right" if error <= case.get("tolerance", TOLERANCE) else "wrong"
                if verdict == "right":
                    largest = max(largest, error if "tolerance" not in case or case["tolerance"] == TOLERANCE else 0)
                    if case["due"] == "refused":
                        print(f"  right though refusal was due: {name}")
                else:
                    bad.append(f"WRONG {name}: off by {error:.3g}")
        elif "refused" in mine:
            verdict = "refused by name"
            if case["due"] == "right":
                bad.append(f"REFUSED {name}: {mine['refused']}")
        else:
            verdict = "trace"
            bad.append(f"TRACE {name}: {mine.get('trace')}")
        counts[verdict] += 1
    print("; ".join(f"{v} {n}" for v, n in sorted(counts.items())), f"of {len(theirs)}; largest difference of a right probability {largest:.1e}")
    for line in bad:
        print(line)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    {"make": make, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]))
