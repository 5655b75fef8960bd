"""Makes src/test/resources/image/decode.tsv: small files of many kinds with the pixels Pillow reads from them.

Columns: name, format, width, height, channels, orientation, most that a sample may differ, the file
(base64), the RGB pixels of ImageOps.exif_transpose + convert("RGB") (base64).

Run: python src/test/python/make_decode_fixtures.py  (needs Pillow with WebP)
"""

import base64
import io
import pathlib
import struct
import zlib

import PIL
from PIL import Image, ImageOps

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "decode.tsv"
W, H = 13, 10


def picture():
    """Smooth, so that lossy formats stay close, with a hard edge."""
    image = Image.new("RGB", (W, H))
    for y in range(H):
        for x in range(W):
            image.putpixel((x, y), (x * 18, y * 25, 200 - 5 * x - 5 * y if x < 7 else 90))
    return image


def encode(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def oriented(kind, orientation, **options):
    exif = Image.Exif()
    exif[274] = orientation
    return encode(picture(), kind, exif=exif.tobytes(), **options)


def png(width, height, depth, colour, rows, *chunks):
    """PNG kinds that Pillow does not write; rows carry their filter byte."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(chunk(name, data) for name, data in chunks)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def deep_rows(bands):
    return b"".join(
        b"\0" + b"".join(struct.pack(">H", (x * 4999 + y * 6007 + b * 811) & 0xFFFF) for x in range(W) for b in range(bands))
        for y in range(H)
    )


def gif_with_offset():
    """A frame smaller than the screen, as only the first frame of a sloppy animation has it."""
    whole = bytearray(encode(picture().quantize(16), "GIF"))
    struct.pack_into("<HH", whole, 6, W + 5, H + 4)
    at = whole.index(b",", 13 + 3 * 16)
    struct.pack_into("<HH", whole, at + 1, 3, 2)
    return bytes(whole)


def adobe_rgb_jpeg():
    return encode(picture(), "JPEG", quality=90, keep_rgb=True)


def without_app0(jpeg):
    """No marker that names the colour space: YCbCr by libjpeg's rule."""
    length = struct.unpack(">H", jpeg[4:6])[0]
    return jpeg[:2] + jpeg[4 + length :]


def files():
    p = picture()
    gray = p.convert("L")
    rgba = p.convert("RGBA")
    rgba.putalpha(gray)
    jpeg = encode(p, "JPEG", quality=90)
    yield "jpeg-420", jpeg, 2
    yield "jpeg-444", encode(p, "JPEG", quality=90, subsampling=0), 2
    yield "jpeg-422-progressive", encode(p, "JPEG", quality=90, subsampling=1, progressive=True), 2
    yield "jpeg-gray", encode(gray, "JPEG", quality=90), 2
    yield "jpeg-cmyk", encode(p.convert("CMYK"), "JPEG", quality=90), 3
    yield "jpeg-stored-as-rgb", adobe_rgb_jpeg(), 2
    yield "jpeg-no-marker", without_app0(encode(p, "JPEG", quality=90, subsampling=0)), 2
    yield "jpeg-restart-intervals", encode(p, "JPEG", quality=90, restart_marker_rows=1), 2
    yield "jpeg-trailing-bytes", jpeg + b"\0\1\2 trailing", 2
    yield "jpeg-icc", encode(p, "JPEG", quality=90, icc_profile=b"not a profile" * 20), 2
    for orientation in range(2, 9):
        yield f"jpeg-orientation-{orientation}", oriented("JPEG", orientation, quality=90), 2
    yield "png-orientation-6", oriented("PNG", 6), 0
    yield "webp-orientation-8", oriented("WEBP", 8, lossless=True), 0
    yield "tiff-orientation-3", encode(p, "TIFF", tiffinfo={274: 3}), 0
    yield "jpeg-orientation-9", oriented("JPEG", 9, quality=90), 2
    yield "png-rgb", encode(p, "PNG"), 0
    yield "png-rgba", encode(rgba, "PNG"), 0
    yield "png-gray", encode(gray, "PNG"), 0
    yield "png-gray-alpha", encode(rgba.convert("LA"), "PNG"), 0
    yield "png-palette", encode(p.quantize(20), "PNG"), 0
    yield "png-palette-4-bit", encode(p.quantize(11), "PNG", bits=4), 0
    yield "png-palette-transparent", encode(p.quantize(20), "PNG", transparency=3), 0
    yield "png-1-bit", encode(gray.convert("1"), "PNG"), 0
    yield "png-gray-2-bit", png(W, H, 2, 0, b"".join(b"\0" + bytes([0x1B, 0xE4, y * 9, 0x55]) for y in range(H))), 0
    yield "png-gray-4-bit", png(W, H, 4, 0, b"".join(b"\0" + bytes(y * 20 + i for i in range(7)) for y in range(H))), 0
    yield "png-rgb-16-bit", png(W, H, 16, 2, deep_rows(3)), 0
    yield "png-rgba-16-bit", png(W, H, 16, 6, deep_rows(4)), 0
    yield "png-gray-alpha-16-bit", png(W, H, 16, 4, deep_rows(2)), 0
    yield "png-gray-gamma", png(W, H, 8, 0, b"".join(b"\0" + bytes(range(y, y + W)) for y in range(H)), (b"gAMA", struct.pack(">I", 100000))), 0
    yield "gif", encode(p.quantize(30), "GIF"), 0
    yield "gif-interlaced", encode(p.quantize(30), "GIF", interlace=True), 0
    yield "gif-frame-inside", gif_with_offset(), 0
    yield "bmp-24-bit", encode(p, "BMP"), 0
    yield "bmp-8-bit", encode(p.quantize(30), "BMP"), 0
    yield "bmp-gray", encode(gray, "BMP"), 0
    yield "bmp-1-bit", encode(gray.convert("1"), "BMP"), 0
    yield "bmp-32-bit", encode(rgba, "BMP"), 0
    yield "tiff-raw", encode(p, "TIFF"), 0
    for compression in ["tiff_lzw", "tiff_adobe_deflate", "packbits"]:
        yield f"tiff-{compression}", encode(p, "TIFF", compression=compression), 0
    yield "tiff-jpeg", encode(p, "TIFF", compression="jpeg", quality=90), 3
    yield "tiff-gray", encode(gray, "TIFF"), 0
    yield "tiff-1-bit-group4", encode(gray.convert("1"), "TIFF", compression="group4"), 0
    yield "tiff-palette", encode(p.quantize(30), "TIFF"), 0
    yield "tiff-rgba", encode(rgba, "TIFF"), 0
    yield "tiff-cmyk", encode(p.convert("CMYK"), "TIFF"), 0
    yield "webp-lossless", encode(p, "WEBP", lossless=True), 0
    yield "webp-lossless-alpha", encode(rgba, "WEBP", lossless=True, exact=True), 0
    yield "webp-lossy", encode(p, "WEBP", quality=90), 40
    yield "webp-lossy-alpha", encode(rgba, "WEBP", quality=90), 40


def main():
    lines = [f"# Pillow {PIL.__version__}, make_decode_fixtures.py"]
    for name, content, tolerance in files():
        image = Image.open(io.BytesIO(content))
        channels = 2 if "gray-alpha" in name else len(image.getbands())
        image.load()
        orientation = image.getexif().get(274, 1)
        if name.startswith("tiff-orientation"):
            orientation = int(name[-1])
        pixels = ImageOps.exif_transpose(image).convert("RGB").tobytes()
        width, height = Image.open(io.BytesIO(content)).size
        fields = [name, image.format, width, height, channels, orientation if orientation <= 8 else 1, tolerance]
        fields += [base64.b64encode(content).decode(), base64.b64encode(pixels).decode()]
        lines.append("\t".join(map(str, fields)))
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
