"""What Python reaches on the same files: Pillow's decoding and resizing, and Hugging Face transformers.

Reads one JSON request from standard input and writes one JSON object to standard output.
"""

import io
import itertools
import json
import multiprocessing
import sys
import time


def prepared(path, side):
    from PIL import Image

    with open(path, "rb") as file:
        image = Image.open(io.BytesIO(file.read()))
    return image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)


def pillow_worker(task):
    files, start, side, seconds = task
    turn = itertools.cycle(files[start:] + files[:start])
    prepared(next(turn), side).tobytes()
    images, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        prepared(next(turn), side).tobytes()
        images += 1
    return images / (time.perf_counter() - started)


def pillow(request):
    """One process a core, each on its own images."""
    files, cores = request["files"], request["cores"]
    tasks = [(files, core * len(files) // cores, request["side"], request["seconds"]) for core in range(cores)]
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        return {"images_per_second": sum(pool.map(pillow_worker, tasks, chunksize=1))}


def checked(path, cosines):
    """The measures and hashes that CleanVision takes of an image, by its formulas."""
    import hashlib

    import numpy as np
    from PIL import Image, ImageFilter, ImageStat

    with open(path, "rb") as file:
        content = file.read()
    found = [hashlib.md5(content).hexdigest()]
    image = Image.open(io.BytesIO(content))
    rgb = image.convert("RGB")
    pixels = np.asarray(rgb)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    brightness = np.sqrt(0.241 * (red * 1.0) ** 2 + 0.691 * (green * 1.0) ** 2 + 0.068 * (blue * 1.0) ** 2) / 255
    found.append(np.percentile(brightness, [1, 5, 10, 15, 90, 95, 99]))
    found.append(image.entropy())
    width, height = image.size
    ratio = max(width, height) / 64
    small = image.resize((max(int(width // ratio), 1), max(int(height // ratio), 1))) if ratio > 1 else image
    gray = small.convert("L")
    found.append(ImageStat.Stat(gray.filter(ImageFilter.FIND_EDGES)).var[0])
    found.append(np.std(gray.histogram()))
    found.append(bool(np.array_equal(red, green) and np.array_equal(green, blue)))
    square = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS), dtype=np.float64)
    low = (cosines @ square @ cosines.T)[:8, :8]
    found.append(low > np.median(low))
    return found


def checks_worker(task):
    import numpy as np

    files, start, seconds = task
    cosines = np.cos(np.pi * np.outer(np.arange(32), 2 * np.arange(32) + 1) / 64)
    turn = itertools.cycle(files[start:] + files[:start])
    checked(next(turn), cosines)
    images, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        checked(next(turn), cosines)
        images += 1
    return images / (time.perf_counter() - started)


def checks(request):
    """One process a core, each on its own images."""
    files, cores = request["files"], request["cores"]
    tasks = [(files, core * len(files) // cores, request["seconds"]) for core in range(cores)]
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        return {"images_per_second": sum(pool.map(checks_worker, tasks, chunksize=1))}


def device_of(request):
    return "cuda" if request["device"] == "gpu" else "cpu"


def dtype_of(request):
    import torch

    return {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[request["precision"]]


class Collator:
    """Files in, pixels out; a class, so that other processes can be given it."""

    def __init__(self, model):
        from transformers import AutoImageProcessor

        self.processor = AutoImageProcessor.from_pretrained(model)

    def __call__(self, files):
        from PIL import Image

        images = []
        for path in files:
            with open(path, "rb") as file:
                images.append(Image.open(io.BytesIO(file.read())).convert("RGB"))
        return self.processor(images, return_tensors="pt")["pixel_values"]


def transformers(request):
    """Files in, classes out, in one process whose operations use all cores; before a GPU, one process a core prepares."""
    import torch
    from transformers import ViTForImageClassification

    torch.set_num_threads(request["cores"])
    device, dtype = device_of(request), dtype_of(request)
    model = ViTForImageClassification.from_pretrained(request["model"], dtype=dtype).eval().to(device)
    files, size = request["files"], request["batch"]
    prepare = Collator(request["model"])
    if device == "cpu":
        turn = itertools.cycle(files)
        batches = (prepare([next(turn) for _ in range(size)]) for _ in itertools.count())
    else:
        # More than can be read in time; the loader stops with its processes.
        many = (files * (1 + request["seconds"] * 20000 // len(files)))[: request["seconds"] * 20000]
        batches = iter(
            torch.utils.data.DataLoader(
                many, batch_size=size, num_workers=request["cores"], collate_fn=prepare, pin_memory=True
            )
        )

    def batch():
        pixels = next(batches)
        with torch.inference_mode():
            return model(pixels.to(device, dtype)).logits.float().argmax(-1).tolist()

    batch()
    images, started = 0, time.perf_counter()
    while time.perf_counter() - started < request["seconds"]:
        images += len(batch())
    return {"images_per_second": images / (time.perf_counter() - started)}


def model(request):
    """The model alone: a batch of noise that is where the model is already, again and again."""
    import torch
    from transformers import ViTForImageClassification

    torch.set_num_threads(request["cores"])
    device, dtype = device_of(request), dtype_of(request)
    model = ViTForImageClassification.from_pretrained(request["model"], dtype=dtype).eval().to(device)
    side, size = model.config.image_size, request["batch"]
    noise = torch.randint(0, 256, (size, 3, side, side), dtype=torch.uint8, device=device)

    def batch():
        with torch.inference_mode():
            return model((noise.to(dtype) / 255 - 0.5) / 0.5).logits.float()

    batch().tolist()
    images, started = 0, time.perf_counter()
    while time.perf_counter() - started < request["seconds"]:
        # A GPU computes what it is told later; ten at a time keep it busy.
        for _ in range(10 if device == "cuda" else 1):
            logits = batch()
            images += size
        logits.tolist()
    return {"images_per_second": images / (time.perf_counter() - started)}


def training(request):
    """Steps on noise that is in memory, in one process whose operations use all cores."""
    import torch
    from transformers import ViTForImageClassification

    torch.set_num_threads(request["cores"])
    torch.manual_seed(1)
    device, dtype = device_of(request), dtype_of(request)
    model = ViTForImageClassification.from_pretrained(request["model"]).train().to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.05, fused=True)
    scaler = torch.amp.GradScaler(device, enabled=dtype == torch.float16)
    side, size = model.config.image_size, request["batch"]
    noise = torch.randint(0, 256, (size, 3, side, side), dtype=torch.uint8)
    labels = (torch.arange(size) % model.config.num_labels).to(device)

    def step():
        with torch.autocast(device, dtype, enabled=dtype != torch.float32):
            loss = model((noise.to(device).float() / 255 - 0.5) / 0.5, labels=labels).loss
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
        return loss

    step().item()
    images, started = 0, time.perf_counter()
    while time.perf_counter() - started < request["seconds"]:
        for _ in range(10 if device == "cuda" else 1):
            loss = step()
            images += size
        loss.item()
    return {"images_per_second": images / (time.perf_counter() - started)}


def versions(request):
    """What can be compared with: the names of the peers and their versions."""
    found = {}
    try:
        import PIL

        found["pillow"] = PIL.__version__
        import numpy

        found["checks"] = f"Pillow {PIL.__version__}, numpy {numpy.__version__}"
        import torch
        import transformers as library

        found["transformers"] = f"{library.__version__}, torch {torch.__version__}"
    except ImportError:
        pass
    return found


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    peers = {
        "pillow": pillow,
        "checks": checks,
        "transformers": transformers,
        "model": model,
        "training": training,
        "versions": versions,
    }
    print(json.dumps(peers[asked["peer"]](asked)))
