"""Makes src/test/resources/image/resample.tsv: what Pillow makes of random images.

One line per case: kind, input width, input height, seed of the input's pixels, filter (Pillow's number),
two or more parameters, CRC-32 of the output's bytes. Kinds:
  resize  width height                Image.resize
  crop    width height shortest_edge  transformers' ViTImageProcessor-style resize + centre crop
  pad     width height rgb            ImageOps.pad

Run: python src/test/python/make_resample_fixtures.py  (needs Pillow, numpy and transformers)
"""

import pathlib
import random
import zlib

import numpy
import PIL
from PIL import Image, ImageOps
from transformers.image_transforms import center_crop

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "resample.tsv"
FILTERS = [0, 1, 2, 3, 4, 5]


def pixels(width, height, seed):
    """The linear congruential generator that ResamplerTest has as well; smooth and noisy images by turns."""
    state = seed
    data = bytearray()
    for i in range(width * height * 3):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        noise = state >> 16 & 0xFF
        data.append((i // 3 * 5 + noise // 8) & 0xFF if seed % 2 else (0, 255, noise)[noise % 3])
    return Image.frombytes("RGB", (width, height), bytes(data))


def shortest(image, edge, resample):
    short, long = sorted(image.size)
    resized = int(edge * long / short)
    size = (edge, resized) if image.width <= image.height else (resized, edge)
    return image.resize(size, resample)


def size(rng):
    return rng.choice([rng.randint(1, 12), rng.randint(1, 40), rng.randint(20, 90)])


def main():
    rng = random.Random(7)
    lines = [f"# Pillow {PIL.__version__}, make_resample_fixtures.py"]
    for case in range(1200):
        kind = "resize" if case < 800 else "crop" if case < 1000 else "pad"
        width, height, seed = size(rng), size(rng), rng.randint(1, 1 << 30)
        resample = FILTERS[case % len(FILTERS)] if kind == "resize" else rng.choice([2, 3])
        image = pixels(width, height, seed)
        w, h = size(rng), size(rng)
        if case % 16 == 3:
            w = width
        if case % 16 == 7:
            h = height
        if kind == "resize":
            result, more = image.resize((w, h), resample), []
        elif kind == "crop":
            edge = max(1, int(min(w, h) * rng.choice([1, 8 / 7, 1.5, 0.6])))
            resized = numpy.asarray(shortest(image, edge, resample))
            cropped = center_crop(resized, (h, w), data_format="channels_last", input_data_format="channels_last")
            result, more = Image.fromarray(cropped.astype("uint8")), [edge]
        else:
            colour = rng.choice([0, 0x7F7F7F, 0x10A0FF])
            ratio = width / height
            fits = min(w, h) >= 1 and round(height / width * w) >= 1 and round(ratio * h) >= 1
            if not fits:
                continue
            rgb = (colour >> 16, colour >> 8 & 255, colour & 255)
            result, more = ImageOps.pad(image, (w, h), resample, color=rgb), [colour]
        assert result.size == (w, h)
        crc = zlib.crc32(result.tobytes())
        lines.append("\t".join(map(str, [kind, width, height, seed, resample, w, h, *more, crc])))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
