"""Makes src/test/resources/image/decode.tsv: small files of many kinds with the pixels Pillow reads from them.

Columns: name, format, width, height, channels, orientation, most that a sample may differ, the file
(base64), the RGB pixels of ImageOps.exif_transpose + convert("RGB") (base64).

Run: python src/test/python/make_decode_fixtures.py  (needs Pillow with WebP)
"""

import base64
import io
import pathlib
import random
import struct
import zlib

import numpy
import PIL
from PIL import Image, ImageDraw, ImageOps, PngImagePlugin

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


def noise(width, height, mode="RGB"):
    """Blobs under noise, so that all ways of prediction, and filters of all strengths, occur."""
    generator = random.Random(width * 1000 + height)
    image = Image.new("RGB", (width, height), (90, 160, 30))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = generator.randrange(width), generator.randrange(height)
        draw.ellipse([x, y, x + width // 3, y + height // 3], fill=generator.randrange(1 << 24))
    for y in range(height):
        for x in range(width):
            image.putpixel((x, y), tuple(min(255, max(0, c + generator.randrange(-12, 12))) for c in image.getpixel((x, y))))
    if mode == "RGBA":
        image.putalpha(image.convert("L").point(lambda v: 0 if v < 100 else v))
    return image


def more_webp():
    """Lossy frames of odd sizes, qualities and filters; alpha packed and plain; animations; a broken profile."""
    for width, height, quality, method in [(1, 1, 50, 4), (2, 3, 5, 0), (17, 33, 60, 6), (50, 34, 0, 4), (33, 47, 100, 2)]:
        yield f"webp-lossy-{width}x{height}", encode(noise(width, height), "WEBP", quality=quality, method=method), 0
    for quality in (10, 100):
        alpha = encode(noise(37, 21, "RGBA"), "WEBP", quality=70, alpha_quality=quality)
        yield f"webp-lossy-alpha-{quality}", alpha, 0
    frames = [noise(24, 18).rotate(90)]
    yield "webp-animated", encode(noise(24, 18), "WEBP", save_all=True, append_images=frames, quality=60), 0
    yield "webp-broken-profile", encode(picture(), "WEBP", quality=80, icc_profile=b"no profile" * 20), 0
    yield "webp-lossless-broken-profile", encode(picture(), "WEBP", lossless=True, icc_profile=b"no profile" * 20), 0


def orientations_elsewhere():
    xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="%d"/></x:xmpmeta>'
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp % 6)
    yield "png-xmp-orientation-6", encode(picture(), "PNG", pnginfo=info), 0
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", "<tiff:Orientation>8</tiff:Orientation>", zip=True)
    yield "png-packed-xmp-orientation-8", encode(picture(), "PNG", pnginfo=info), 0
    exif = Image.Exif()
    exif[274] = 5
    raw = exif.tobytes().hex()
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type exif", "\nexif\n%8d\n%s\n%s\n" % (len(raw) // 2, raw[:72], raw[72:]), zip=True)
    yield "png-raw-profile-orientation-5", encode(picture(), "PNG", pnginfo=info), 0
    yield "jpeg-xmp-orientation-3", encode(picture(), "JPEG", quality=90, xmp=(xmp % 3).encode()), 2
    yield "webp-xmp-orientation-7", encode(picture(), "WEBP", lossless=True, xmp=(xmp % 7).encode()), 0
    yield "tiff-xmp-orientation-2", encode(picture(), "TIFF", tiffinfo={700: (xmp % 2).encode()}), 0
    yield "tiff-big-orientation-3", encode(picture(), "TIFF", big_tiff=True, tiffinfo={274: 3}), 0


def netpbm():
    p = picture()
    pixels = p.tobytes()
    size = f"{W} {H}"
    gray = p.convert("L").tobytes()
    yield "pnm-ppm", encode(p, "PPM"), 0
    yield "pnm-pgm", encode(p.convert("L"), "PPM"), 0
    yield "pnm-pbm", encode(p.convert("1"), "PPM"), 0
    yield "pnm-plain-ppm", f"P3\n# by hand\n{size}\n255\n".encode() + " ".join(map(str, reversed(pixels))).encode(), 0
    yield "pnm-plain-pgm", f"P2 {size} 25\n".encode() + "\n".join(str(v // 11) for v in reversed(gray)).encode(), 0
    yield "pnm-plain-pbm", f"P1\n{size}\n".encode() + "".join(str(v & 1) for v in gray).encode(), 0
    yield "pnm-ppm-16-bit", f"P6 {size} 65535\n".encode() + b"".join(struct.pack(">H", v * 257 - v // 2) for v in pixels), 0
    yield "pnm-ppm-10-bit", f"P6 {size} 1023\n".encode() + b"".join(struct.pack(">H", v * 4) for v in pixels), 0
    yield "pnm-pgm-of-7", f"P5 {size} 7\n".encode() + bytes(v >> 5 for v in gray), 0


def samples_of_32_bits():
    gray = numpy.asarray(picture().convert("L")).astype(int) * 3 - 200
    for kind in (numpy.int32, numpy.float32):
        image = Image.fromarray(gray.astype(kind) + kind(0.75))
        for compression in (None, "tiff_lzw"):
            yield f"tiff-{kind.__name__}-{compression}", encode(image, "TIFF", compression=compression), 0


def run_lengths():
    """RLE bitmaps, which Pillow does not write: runs, plain pixels, a delta, ends of rows."""
    plain = bytearray(encode(picture().quantize(16), "BMP"))
    begin = struct.unpack_from("<I", plain, 10)[0]
    for bits in (8, 4):
        rows = bytearray()
        for y in range(H):
            rows += bytes([7, 0x12 + y % 3, 0, 4, *([1, 2, 3, 4] if bits == 8 else [0x12, 0x34]), 2, 0x33, 0, 0])
        rows[20:20] = b""
        head = bytearray(plain[:begin])
        struct.pack_into("<HI", head, 28, bits, 1 if bits == 8 else 2)
        yield f"bmp-rle-{bits}", bytes(head + rows + b"\0\1"), 0


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
    yield "webp-lossy", encode(p, "WEBP", quality=90), 0
    yield "webp-lossy-alpha", encode(rgba, "WEBP", quality=90), 0
    yield from more_webp()
    yield from orientations_elsewhere()
    yield from netpbm()
    yield from samples_of_32_bits()
    yield from run_lengths()


def main():
    lines = [f"# Pillow {PIL.__version__}, make_decode_fixtures.py"]
    for name, content, tolerance in files():
        image = Image.open(io.BytesIO(content))
        channels = 2 if "gray-alpha" in name else len(image.getbands())
        image.load()
        orientation = image.getexif().get(274, 1)
        if "-orientation-" in name:
            orientation = int(name[-1])
        pixels = ImageOps.exif_transpose(image).convert("RGB").tobytes()
        width, height = Image.open(io.BytesIO(content)).size
        fields = [name, "PNM" if image.format == "PPM" else image.format, width, height, channels, orientation if orientation <= 8 else 1, tolerance]
        fields += [base64.b64encode(content).decode(), base64.b64encode(pixels).decode()]
        lines.append("\t".join(map(str, fields)))
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
