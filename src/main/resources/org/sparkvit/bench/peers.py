"""What Python reaches on the same files: Pillow's decoding and resizing, and Hugging Face transformers end to end.

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


def transformers(request):
    """Files in, classes out, in one process whose operations use all cores."""
    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, ViTForImageClassification

    torch.set_num_threads(request["cores"])
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[request["precision"]]
    processor = AutoImageProcessor.from_pretrained(request["model"])
    model = ViTForImageClassification.from_pretrained(request["model"], dtype=dtype).eval()
    turn, size = itertools.cycle(request["files"]), request["batch"]

    def batch():
        images = []
        for _ in range(size):
            with open(next(turn), "rb") as file:
                images.append(Image.open(io.BytesIO(file.read())).convert("RGB"))
        pixels = processor(images, return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            return model(pixels.to(dtype)).logits.float().argmax(-1).tolist()

    batch()
    images, started = 0, time.perf_counter()
    while time.perf_counter() - started < request["seconds"]:
        images += len(batch())
    return {"images_per_second": images / (time.perf_counter() - started)}


def training(request):
    """Steps on noise that is in memory, in one process whose operations use all cores."""
    import torch
    from transformers import ViTForImageClassification

    torch.set_num_threads(request["cores"])
    torch.manual_seed(1)
    model = ViTForImageClassification.from_pretrained(request["model"]).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.05, fused=True)
    side, size = model.config.image_size, request["batch"]
    noise = torch.randint(0, 256, (size, 3, side, side), dtype=torch.uint8)
    labels = torch.arange(size) % model.config.num_labels

    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=request["precision"] == "bf16"):
            loss = model((noise.float() / 255 - 0.5) / 0.5, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    step()
    images, started = 0, time.perf_counter()
    while time.perf_counter() - started < request["seconds"]:
        step()
        images += size
    return {"images_per_second": images / (time.perf_counter() - started)}


def versions(request):
    """What can be compared with: the names of the peers and their versions."""
    found = {}
    try:
        import PIL

        found["pillow"] = PIL.__version__
        import torch
        import transformers as library

        found["transformers"] = f"{library.__version__}, torch {torch.__version__}"
    except ImportError:
        pass
    return found


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    peers = {"pillow": pillow, "transformers": transformers, "training": training, "versions": versions}
    print(json.dumps(peers[asked["peer"]](asked)))
