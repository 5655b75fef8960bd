"""Makes src/test/resources/image/color.tsv: what Pillow makes of the colours of random images.

One line per case: operation, factor, seed of the 24 x 16 input's pixels (see make_resample_fixtures.py), CRC-32 of the
output's bytes. Operations are those of torchvision's ColorJitter on Pillow images: ImageEnhance for brightness, contrast
and saturation; a turn of the H of HSV, modulo 256, for hue.

Run: python src/test/python/make_color_fixtures.py  (needs Pillow, numpy and transformers)
"""

import pathlib
import random
import zlib

import numpy
import PIL
from PIL import Image, ImageEnhance

from make_resample_fixtures import pixels

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "color.tsv"
ENHANCERS = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast, "saturation": ImageEnhance.Color}


def turn(image, factor):
    h, s, v = image.convert("HSV").split()
    turned = numpy.asarray(h).astype("int32") + int(factor * 255) & 0xFF
    return Image.merge("HSV", (Image.fromarray(turned.astype("uint8"), "L"), s, v)).convert("RGB")


def main():
    rng = random.Random(11)
    lines = [f"# Pillow {PIL.__version__}, make_color_fixtures.py"]
    for case in range(200):
        operation = (*ENHANCERS, "hue")[case % 4]
        seed = rng.randint(1, 1 << 30)
        image = pixels(24, 16, seed)
        if operation == "hue":
            factor = rng.uniform(-0.5, 0.5)
            result = turn(image, factor)
        else:
            factor = rng.choice([0, 1, rng.uniform(0, 1), rng.uniform(1, 2)])
            result = ENHANCERS[operation](image).enhance(factor)
        lines.append("\t".join(map(str, [operation, repr(float(factor)), seed, zlib.crc32(result.tobytes())])))
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
