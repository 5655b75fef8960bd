"""Makes src/test/resources/image/odd-images.tsv from the folder given: name, whether Pillow reads the file
whole, and if so the mean of R, G and B over each quadrant of the upright image.

Run: python src/test/python/make_odd_images_table.py FOLDER
"""

import pathlib
import sys
import warnings

import numpy
import PIL
from PIL import Image, ImageOps

OUT = pathlib.Path(__file__).parents[1] / "resources" / "image" / "odd-images.tsv"


def quadrants(pixels):
    h, w = pixels.shape[0] // 2, pixels.shape[1] // 2
    parts = [pixels[:h, :w], pixels[:h, w:], pixels[h:, :w], pixels[h:, w:]]
    return [f"{value:.3f}" for part in parts if part.size for value in part.reshape(-1, 3).mean(0)]


def main():
    warnings.simplefilter("ignore")
    lines = [f"# Pillow {PIL.__version__}, make_odd_images_table.py"]
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        try:
            image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            fields = ["whole", *quadrants(numpy.asarray(image).astype(float))]
        except (OSError, SyntaxError, Image.DecompressionBombError):
            fields = ["bad"]
        lines.append("\t".join([path.name, *fields]))
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
