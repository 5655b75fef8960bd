"""Makes src/test/resources/image/rotation.tsv: what Pillow makes of turned random images.

One line per case: width, height, angle in degrees, seed of the pixels (see make_resample_fixtures.py), CRC-32 of the bytes.

Run: python src/test/python/make_rotation_fixtures.py  (needs Pillow, numpy and transformers)
"""

import pathlib
import random
import zlib

import PIL
from PIL import Image

from make_resample_fixtures import pixels

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "rotation.tsv"


def main():
    rng = random.Random(12)
    lines = [f"# Pillow {PIL.__version__}, make_rotation_fixtures.py"]
    for _ in range(100):
        width, height, seed = rng.randint(1, 40), rng.randint(1, 40), rng.randint(1, 1 << 30)
        angle = rng.uniform(-179, 179)
        turned = pixels(width, height, seed).rotate(angle, Image.Resampling.BILINEAR, fillcolor=(128, 128, 128))
        lines.append(f"{width}\t{height}\t{angle!r}\t{seed}\t{zlib.crc32(turned.tobytes())}")
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
