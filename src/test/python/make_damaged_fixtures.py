"""Makes src/test/resources/image/damaged.tsv: small files with seeded damage of each kind, and what Pillow makes of them.

Columns: kind, number, the file (base64), CRC-32 of the RGB pixels of ImageOps.exif_transpose + convert("RGB"), or
"bad" where Pillow refuses the file.

Run: python src/test/python/make_damaged_fixtures.py
"""

import base64
import io
import pathlib
import random
import warnings
import zlib

import PIL
from make_decode_fixtures import encode, noise, picture, run_lengths
from PIL import Image, ImageOps

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "damaged.tsv"


def flipped(content, start, end, generator):
    damaged = bytearray(content)
    for _ in range(generator.randrange(1, 4)):
        damaged[generator.randrange(start, end)] ^= 1 << generator.randrange(8)
    return bytes(damaged)


def files():
    generator = random.Random(4)
    gif = encode(noise(23, 17).quantize(32), "GIF")
    data = gif.index(b",", 13) + 11
    for i in range(24):
        yield "gif-lzw", flipped(gif, data, len(gif) - 2, generator)
        yield "gif-cut", gif[: generator.randrange(data, len(gif) - 2)]
    frames = encode(noise(23, 17).quantize(16), "GIF", save_all=True, append_images=[noise(23, 17).rotate(90).quantize(16)])
    for i in range(6):
        yield "gif-animated-cut", frames[: len(frames) - 10 - 60 * i]
    for _, bitmap, _ in run_lengths():
        for i in range(6):
            yield "bmp-rle-cut", bitmap[: len(bitmap) - 3 - 11 * i]
    lossy = encode(noise(40, 31), "WEBP", quality=60)
    alpha = encode(noise(40, 31, "RGBA"), "WEBP", quality=60)
    lossless = encode(noise(20, 15, "RGBA"), "WEBP", lossless=True)
    for i in range(20):
        yield "webp-lossy", flipped(lossy, 20, len(lossy), generator)
        yield "webp-alpha", flipped(alpha, 38, len(alpha), generator)
        yield "webp-lossless", flipped(lossless, 25, len(lossless), generator)
    for name, options in [("lossy", {"quality": 80}), ("lossless", {"lossless": True})]:
        profile = encode(picture(), "WEBP", icc_profile=bytes(range(200)), **options)
        for i in range(9):
            yield f"webp-profile-{name}", flipped(profile, 38, 238, generator)
    png = encode(noise(20, 15), "PNG")
    end = png.index(b"IEND") - 4
    for missing in range(0, 12):
        yield "png-cut", png[: end + 12 - missing]
    for i in range(12):
        yield "png-pixels", flipped(png, png.index(b"IDAT") + 4, end - 8, generator)  # not its own checksum
        yield "png-pixels-cut", png[: generator.randrange(png.index(b"IDAT") + 6, end - 12)]
    tiff = encode(noise(20, 15), "TIFF")
    for i in range(8):
        yield "tiff-cut", tiff[: len(tiff) - 1 - 150 * i]
    ppm = encode(noise(20, 15), "PPM")
    for i in range(6):
        yield "pnm-cut", ppm[: len(ppm) - 1 - 150 * i]


def main():
    warnings.simplefilter("ignore")
    lines = [f"# Pillow {PIL.__version__}, make_damaged_fixtures.py"]
    for number, (kind, content) in enumerate(files()):
        try:
            with Image.open(io.BytesIO(content)) as image:
                result = zlib.crc32(ImageOps.exif_transpose(image).convert("RGB").tobytes())
        except Exception:  # OSError, SyntaxError, ValueError, EOFError, struct.error ...
            result = "bad"
        lines.append("\t".join([kind, str(number), base64.b64encode(content).decode(), str(result)]))
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
