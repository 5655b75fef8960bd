"""Makes src/test/resources/image/processors.tsv: the pixels that transformers' image processors hand to the model.

Also src/test/resources/image/processors-by-rule.tsv, of the processors that have rules of their own, and
src/test/resources/image/timm-crops.tsv, of timm's evaluation, where the configuration is timm's pretrained_cfg.

One line per case: preprocessor_config.json on one line, width and height of the image, CRC-32 of the prepared bytes,
which are those before rescaling and normalisation. Needs Pillow, numpy, transformers, torch and timm; its processors are the ones
that work with Pillow.
"""

import json
import pathlib
import random
import zlib

import torchvision_operators  # noqa: F401, before timm
import numpy
import timm
import transformers
from PIL import Image
from transformers import BitImageProcessorPil, DeiTImageProcessorPil, ViTImageProcessorPil

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "processors.tsv"


def pixels(width, height):
    """Bytes from a formula that the Java test repeats."""
    i = numpy.arange(width * height * 3, dtype=numpy.int64)
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).astype("uint8").reshape(height, width, 3)


def main():
    rng = random.Random(11)
    lines = [f"# transformers {transformers.__version__}, make_processor_fixtures.py"]
    for case in range(120):
        crop = rng.randint(4, 60)
        edge = rng.choice([round(crop * 8 / 7), crop, crop + rng.randint(0, 9)])
        options = dict(resample=rng.choice([2, 3, 3, 3]))
        if case % 3:
            options["crop_size"] = rng.choice([crop, {"height": crop, "width": crop}])
        kind = (ViTImageProcessorPil, DeiTImageProcessorPil, BitImageProcessorPil)[case % 3]
        # A bare number means a square to some and the shorter side to others.
        options["size"] = crop if case % 3 == 0 else edge
        config = {"image_processor_type": kind.__name__.removesuffix("Pil"), **options}
        # An upright and a lying image, and one that has the size already.
        for width, height in ((rng.randint(1, 90), rng.randint(90, 130)), (rng.randint(60, 150), rng.randint(20, 60)), (edge, edge)):
            processor = kind(**options, do_rescale=False, do_normalize=False)
            image = processor(Image.fromarray(pixels(width, height)), return_tensors="np")["pixel_values"][0]
            crc = zlib.crc32(numpy.ascontiguousarray(image.transpose(1, 2, 0)).astype("uint8").tobytes())
            lines.append("\t".join([json.dumps(config), str(width), str(height), str(crc)]))
    OUT.write_text("\n".join(lines) + "\n")


def crc(pixels):
    return zlib.crc32(numpy.ascontiguousarray(pixels.transpose(1, 2, 0)).astype("uint8").tobytes())


def sizes(rng, edge):
    return ((rng.randint(1, 90), rng.randint(90, 130)), (rng.randint(60, 150), rng.randint(20, 60)), (edge, edge), (97, 64))


def by_rule():
    rng = random.Random(12)
    lines = [f"# transformers {transformers.__version__}, make_processor_fixtures.py"]
    for case in range(60):
        edge = rng.randint(8, 60)
        name, options = [
            ("Levit", dict(size={"shortest_edge": edge}, crop_size=edge)),
            ("ConvNext", dict(size={"shortest_edge": edge}, crop_pct=rng.choice([0.875, 0.9, 0.95, 1.0]))),
            ("ConvNext", dict(size=edge)),
            ("PoolFormer", dict(size={"shortest_edge": edge}, crop_size=edge, crop_pct=rng.choice([0.9, 0.95]))),
            ("PoolFormer", dict(size={"height": edge, "width": edge}, crop_size=edge)),
            ("Siglip", dict(size=[edge, edge])),
            ("CLIP", dict(size=edge, crop_size={"height": edge, "width": edge}, resample=5)),
            ("Beit", dict(size=edge, do_center_crop=True, crop_size=max(edge - 3, 1))),
            ("MobileNetV2", dict(size=edge + 5, crop_size=edge)),
            ("EfficientNet", dict(size=edge, resample=case % 6)),
            ("Pvt", dict(size=edge)),
            ("ViT", dict(size=edge, default_to_square=False, do_center_crop=True, crop_size=edge)),
        ][case % 12]
        kind = getattr(transformers, f"{name}ImageProcessorPil")
        extra = dict(include_top=False) if name == "EfficientNet" else {}
        config = {"image_processor_type": f"{name}ImageProcessor", **options}
        for width, height in sizes(rng, edge):
            processor = kind(**options, **extra, do_rescale=False, do_normalize=False)
            image = processor(Image.fromarray(pixels(width, height)), return_tensors="np")["pixel_values"][0]
            lines.append("\t".join([json.dumps(config), str(width), str(height), str(crc(image))]))
    OUT.with_name("processors-by-rule.tsv").write_text("\n".join(lines) + "\n")


def of_timm():
    rng = random.Random(13)
    lines = [f"# timm {timm.__version__}, make_processor_fixtures.py"]
    for case in range(40):
        side = rng.randint(8, 60)
        config = dict(input_size=[3, side, side], interpolation=rng.choice(["bilinear", "bicubic", "lanczos", "nearest", "hamming", "box"]),
                      crop_pct=rng.choice([0.875, 0.9, 0.95, 1.0]), crop_mode=rng.choice(["center", "center", "squash"]))
        transform = timm.data.create_transform(**timm.data.resolve_data_config(pretrained_cfg={**config, "mean": [0, 0, 0], "std": [1, 1, 1]}))
        for width, height in sizes(rng, side):
            image = (transform(Image.fromarray(pixels(width, height))).numpy() * 255).round()
            lines.append("\t".join([json.dumps(config), str(width), str(height), str(crc(image))]))
    OUT.with_name("timm-crops.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
    by_rule()
    of_timm()
