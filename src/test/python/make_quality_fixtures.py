"""Golden figures of image quality and PDQ hashes, for ImageQualityTest: drawn images with what Pillow and numpy say of them.

The formulas are CleanVision's and those of Meta's PDQ; the steps of PDQ are done in single precision in the order of its
reference implementation. With a folder as argument, prints the same for the images in it, as JSON lines.

Usage: make_quality_fixtures.py [FOLDER]
"""

import io
import json
import math
import pathlib
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps, ImageStat

OUT = pathlib.Path("src/test/resources/image/quality")


def quality(image, stored_gray):
    rgb = np.asarray(image.convert("RGB"), dtype=np.float64)
    br = np.sqrt(0.241 * rgb[..., 0] ** 2 + 0.691 * rgb[..., 1] ** 2 + 0.068 * rgb[..., 2] ** 2) / 255
    w, h = image.size
    measured = image.convert("L") if stored_gray else image.convert("RGB")
    ratio = max(w, h) / 64
    small = measured.resize((max(int(w // ratio), 1), max(int(h // ratio), 1))) if ratio > 1 else measured.copy()
    gray = small.convert("L")
    edges = math.sqrt(ImageStat.Stat(gray.filter(ImageFilter.FIND_EDGES)).var[0])
    spread = 1 - math.exp(-0.01 * np.std(gray.histogram()))
    difference = np.abs(rgb - np.roll(rgb, 1, axis=2)).max(axis=2)
    return {
        "dark": float(np.percentile(br, 99)),
        "light": float(1 - np.percentile(br, 5)),
        "aspect": min(w / h, h / w),
        "information": min(1, 0.1 * measured.entropy()),
        "sharpness": min(1, 1 - math.exp(-0.01 * edges) + (0 if spread <= 0.18 else spread)),
        "brightness": float(np.percentile(br, 50)),
        "gray": bool((difference <= 2).mean() >= 0.999),
    }


def box(values, window):
    """Along the first axis, for all columns at once."""
    n, half = values.shape[0], (window + 2) // 2
    out = np.zeros_like(values)
    total = np.zeros(values.shape[1:], dtype=np.float32)
    left = right = at = size = 0
    for _ in range(half - 1):
        total = total + values[right]
        right, size = right + 1, size + 1
    for _ in range(window - half + 1):
        total = total + values[right]
        right, size = right + 1, size + 1
        out[at] = total / np.float32(size)
        at += 1
    for _ in range(n - window):
        total = (total + values[right]) - values[left]
        out[at] = total / np.float32(size)
        left, right, at = left + 1, right + 1, at + 1
    for _ in range(half - 1):
        total = total - values[left]
        size -= 1
        out[at] = total / np.float32(size)
        left, at = left + 1, at + 1
    return out


def pdq(image):
    rgb = np.asarray(image.convert("RGB"), dtype=np.float32)
    f = np.float32
    luma = f(0.299) * rgb[..., 0] + f(0.587) * rgb[..., 1] + f(0.114) * rgb[..., 2]
    h, w = luma.shape
    for _ in range(2):
        luma = box(np.ascontiguousarray(luma.T), (w + 127) // 128).T
        luma = box(np.ascontiguousarray(luma), (h + 127) // 128)
    ys = [int((i + 0.5) * h / 64) for i in range(64)]
    xs = [int((j + 0.5) * w / 64) for j in range(64)]
    a = luma[np.ix_(ys, xs)]
    steps = 0
    for u, v in ((a[:-1], a[1:]), (a[:, :-1], a[:, 1:])):
        steps += int(np.abs(np.trunc((u - v) * f(100) / f(255))).sum())
    scale = f(math.sqrt(2 / 64))
    d = np.array([[f(float(scale) * math.cos((math.pi / 2 / 64) * (i + 1) * (2 * j + 1))) for j in range(64)] for i in range(16)], dtype=f)
    t = np.zeros((16, 64), dtype=f)
    for k in range(64):
        t = t + d[:, k : k + 1] * a[k : k + 1, :]
    b = np.zeros((16, 16), dtype=f)
    for k in range(64):
        b = b + t[:, k : k + 1] * d[:, k : k + 1].T
    median = np.sort(b.ravel())[127]
    bits = (b.ravel() > median).astype(int)
    value = sum(int(bit) << i for i, bit in enumerate(bits))
    return {"pdq": f"{value:064x}", "pdq_quality": min(100, steps // 90)}


def figures(image, name):
    stored_gray = image.mode in ("L", "LA", "1", "I;16", "I")
    upright = ImageOps.exif_transpose(image)
    return {"file": name, "width": upright.width, "height": upright.height, **quality(upright, stored_gray), **pdq(upright)}


def drawn(seed, w, h):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:h, 0:w]
    base = np.stack([127 + 120 * np.sin(x / rng.uniform(9, 40) + rng.uniform(0, 6)) * np.cos(y / rng.uniform(9, 40)) for _ in range(3)], axis=2)
    image = Image.fromarray(np.clip(base + rng.normal(0, 3, (h, w, 3)), 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(8):
        p = rng.integers(0, [w, h, w, h])
        box_ = [int(min(p[0], p[2])), int(min(p[1], p[3])), int(max(p[0], p[2])) + 1, int(max(p[1], p[3])) + 1]
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)(box_, fill=tuple(int(c) for c in rng.integers(0, 256, 3)))
    return image


def variants():
    for k, (w, h) in enumerate([(200, 150), (129, 257), (64, 64), (320, 240), (31, 90)]):
        image = drawn(k, w, h)
        yield f"{k}-original", image
        yield f"{k}-smaller", image.resize((max(1, w * 2 // 3), max(1, h * 2 // 3)), Image.Resampling.BICUBIC)
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=40)
        yield f"{k}-compressed", Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")
        yield f"{k}-cropped", image.crop((w // 25, h // 25, w - w // 25, h - h // 25))
        yield f"{k}-flipped", ImageOps.mirror(image)
        yield f"{k}-gray", image.convert("L")
        yield f"{k}-dark", image.point(lambda v: v // 5)
        yield f"{k}-light", image.point(lambda v: 243 + v // 22)
        yield f"{k}-blurred", image.filter(ImageFilter.GaussianBlur(8))
        yield f"{k}-plain", Image.new("RGB", (w, h), (90, 120, 200))
    yield "tall", drawn(9, 40, 400)
    yield "tiny", drawn(10, 3, 2)
    yield "sixteen", Image.fromarray((np.asarray(drawn(11, 80, 60).convert("L")).astype(np.uint16) * 257))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
            if path.is_file():
                try:
                    print(json.dumps(figures(Image.open(path), str(path))))
                except Exception as e:  # what Pillow cannot read is no concern here
                    print(f"{path}: {e}", file=sys.stderr)
    else:
        OUT.mkdir(parents=True, exist_ok=True)
        rows = []
        for name, image in variants():
            image.save(OUT / f"{name}.png", optimize=True)
            if image.mode.startswith("I"):  # as the decoder cuts it: the high byte
                image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
            rows.append(figures(image, f"{name}.png"))
        (OUT / "golden.json").write_text(json.dumps(rows, indent=0) + "\n")
