"""Makes src/test/resources/image/processors.tsv: the pixels that transformers' image processors hand to the model.

One line per case: preprocessor_config.json on one line, width and height of the image, CRC-32 of the prepared bytes,
which are those before rescaling and normalisation. Needs Pillow, numpy and transformers; its processors are the ones
that work with Pillow.
"""

import json
import pathlib
import random
import zlib

import numpy
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


if __name__ == "__main__":
    main()
