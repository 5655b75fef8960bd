"""Makes src/test/resources/image/scaled.tsv: JPEG files and what Pillow's draft mode reads from them at a part of their size.

Columns: name, what the sides are divided by, width and height of that, the file (base64), CRC-32 of its RGB bytes.

Run: python src/test/python/make_scaled_fixtures.py  (needs Pillow)
"""

import base64
import io
import pathlib
import zlib

import PIL
from PIL import Image

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "scaled.tsv"
W, H = 93, 70


def picture():
    """Slopes, an edge and fine lines."""
    image = Image.new("RGB", (W, H))
    for y in range(H):
        for x in range(W):
            fine = 60 * ((x // 2 + y) % 2) if y > 40 else 0
            image.putpixel((x, y), (x * 2 + fine, y * 3, 200 - x - y // 2 if x < 50 else 90))
    return image


def main():
    lines = [f"# Pillow {PIL.__version__}, make_scaled_fixtures.py"]
    kinds = {
        "444": (picture(), 0),
        "422": (picture(), 1),
        "420": (picture(), 2),
        "gray": (picture().convert("L"), 0),
    }
    for name, (image, subsampling) in kinds.items():
        out = io.BytesIO()
        image.save(out, "JPEG", quality=85, **({} if name == "gray" else {"subsampling": subsampling}))
        for reduction in (2, 4, 8):
            reduced = Image.open(io.BytesIO(out.getvalue()))
            reduced.draft(reduced.mode, (W // reduction, H // reduction))
            pixels = reduced.convert("RGB")
            expected = ((W + reduction - 1) // reduction, (H + reduction - 1) // reduction)
            assert pixels.size == expected, (pixels.size, expected)
            file = base64.b64encode(out.getvalue()).decode()
            lines.append("\t".join(map(str, [name, reduction, *pixels.size, file, zlib.crc32(pixels.tobytes())])))
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
