"""Transparent images of every kind, and what Pillow makes of them, for TransparencyTest.

    make_alpha_fixtures.py FILE

writes src/test/resources/image/alpha.tsv: name, file (base64), width, height of the upright image,
its colours with alpha dropped, its alpha ("-" where it is opaque), and the colours on white and on
#30a0f0 by Image.alpha_composite.
"""

import base64
import io
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

W, H = 12, 9


def encode(image, form, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def png(samples, depth, colour, *chunks):
    """A PNG file by hand, for what Pillow does not write."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width = samples.shape[:2]
    rows = samples.astype(">u2" if depth == 16 else "u1").reshape(height, -1)
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(chunk(*c) for c in chunks)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


def files():
    rng = np.random.default_rng(7)
    rgba = rng.integers(0, 256, (H, W, 4)).astype(np.uint8)
    rgba[0, :6, 3] = 0
    rgba[1, :6, 3] = 255
    image = Image.fromarray(rgba, "RGBA")
    gray = Image.fromarray(rgba[:, :, [0, 3]].copy(), "LA")
    opaque = image.copy()
    opaque.putalpha(255)
    black = Image.merge("RGBA", (Image.new("L", (W, H), 0),) * 3 + (image.getchannel("A"),))
    palette = image.convert("RGB").quantize(8)
    turned = Image.Exif()
    turned[274] = 6
    wide = rng.integers(0, 65536, (H, W, 4))
    wide[0, :6, 3] = 0
    wide[1, :6, 3] = 65535

    yield "png-rgba", encode(image, "PNG")
    yield "png-rgba-opaque", encode(opaque, "PNG")
    yield "png-black-drawing", encode(black, "PNG")
    yield "png-rgba-turned", encode(image, "PNG", exif=turned)
    yield "png-la", encode(gray, "PNG")
    yield "png-rgba16", png(wide, 16, 6)
    yield "png-la16", png(wide[:, :, 2:], 16, 4)
    yield "png-palette-one", encode(palette, "PNG", transparency=3)
    yield "png-palette-table", encode(palette, "PNG", transparency=bytes([0, 60, 255, 128, 9]))
    few = np.asarray(image.convert("RGB")) // 128 * 255
    yield "png-rgb-colour", encode(Image.fromarray(few, "RGB"), "PNG", transparency=(255, 0, 0))
    levels = Image.fromarray(few[:, :, 0].copy(), "L")
    yield "png-gray-level", encode(levels, "PNG", transparency=255)
    yield "png-bit-level", encode(levels.convert("1"), "PNG", transparency=0)
    yield "gif-index", encode(palette, "GIF", transparency=3)
    yield "webp-lossless", encode(image, "WEBP", lossless=True, exact=True)
    yield "webp-lossless-opaque", encode(opaque, "WEBP", lossless=True, exact=True)
    yield "webp-lossy", encode(image, "WEBP", quality=80)
    yield "tiff-unassociated", encode(image, "TIFF")
    yield "tiff-unassociated-lzw", encode(image, "TIFF", compression="tiff_lzw")
    yield "tiff-la", encode(gray, "TIFF")
    plain = encode(image, "TIFF")
    entry = struct.pack("<HHI", 338, 3, 1)
    at = plain.index(entry) + len(entry)
    yield "tiff-associated", plain[:at] + struct.pack("<H", 1) + plain[at + 2 :]
    yield "tiff-unspecified", plain[:at] + struct.pack("<H", 0) + plain[at + 2 :]
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    head = struct.pack("<IiiHHIIiiII", 108, W, -H, 1, 32, 3, 4 * W * H, 0, 0, 0, 0) + masks + bytes(52)
    body = rgba[:, :, [2, 1, 0, 3]].tobytes()
    offset = 14 + len(head)
    yield "bmp-masks", b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + head + body


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def on(image, colour):
    back = Image.new("RGBA", image.size, colour + (255,))
    return np.asarray(Image.alpha_composite(back, image))[:, :, :3]


with open(sys.argv[1], "w") as out:
    for name, content in files():
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        seen = image.convert("RGBA")
        alpha = np.asarray(seen.getchannel("A"))
        fields = [
            name,
            base64.b64encode(content).decode(),
            str(image.width),
            str(image.height),
            text(image.convert("RGB")),
            "-" if (alpha == 255).all() else text(alpha),
            text(on(seen, (255, 255, 255))),
            text(on(seen, (0x30, 0xA0, 0xF0))),
        ]
        out.write("\t".join(fields) + "\n")
