"""Makes src/test/resources/image/parts.tsv: PDQ hashes of parts of images, of samples that Pillow makes.

Columns: width, height and seed of the image (see make_resample_fixtures.py), left, top and size of the part in shares,
the hash in hexadecimal digits.

Run: python src/test/python/make_part_fixtures.py  (needs Pillow and numpy)
"""

import pathlib

import numpy
import PIL
from make_resample_fixtures import pixels
from PIL import Image

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "parts.tsv"
SIZES = [(64, 64), (256, 256), (200, 150), (97, 203), (40, 90), (255, 31)]
PARTS = [(0, 0, 1), (0, 0, 0.97), (0.0225, 0.045, 0.955), (0.06, 0.015, 0.94), (0.25, 0.4, 0.5)]

COSINES = numpy.array(
    [[numpy.sqrt(2 / 64) * numpy.cos(numpy.pi / 128 * (i + 1) * (2 * j + 1)) for j in range(64)] for i in range(16)]
)


def pdq(samples):
    """Of 64 x 64 samples: the 16 x 16 lowest frequencies, each above the median or not."""
    values = (COSINES @ samples @ COSINES.T).flatten()
    above = values > numpy.sort(values)[127]
    return format(sum(1 << i for i, bit in enumerate(above) if bit), "064x")


def main():
    lines = [f"# Pillow {PIL.__version__}, numpy {numpy.__version__}, make_part_fixtures.py"]
    for seed, (width, height) in enumerate(SIZES):
        image = pixels(width, height, seed)
        luma = (numpy.asarray(image, numpy.float64) @ [0.299, 0.587, 0.114]).astype(numpy.float32)
        for left, top, size in PARTS:
            box = (left * width, top * height, (left + size) * width, (top + size) * height)
            samples = numpy.asarray(Image.fromarray(luma).resize((64, 64), Image.BILINEAR, box=box), numpy.float64)
            lines.append("\t".join(map(str, [width, height, seed, left, top, size, pdq(samples)])))
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
