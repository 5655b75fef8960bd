"""Prints what spark-vit says of the image files of a folder beside what Pillow says, and counts who reads
what: both, neither, one alone, and of those that both read how many have the same pixels.

The folder's files are decoded by org.sparkvit.image.codec.DecodeTable (src/test/java), which writes table.tsv and
the pixels; ImageMutationsTest writes a folder of mutants with -Dsparkvit.mutants=FOLDER.

Run: java -cp target/test-classes:target/classes:... org.sparkvit.image.codec.DecodeTable FOLDER OUT
     python src/test/python/compare_statuses.py FOLDER OUT [all]    (with "all" each file is listed)
"""

import collections
import pathlib
import sys
import warnings

import numpy
from PIL import Image, ImageFile, ImageOps

ImageFile.LOAD_TRUNCATED_IMAGES = False


def pillow(path):
    """The upright RGB pixels, or the line that says why there are none."""
    try:
        with Image.open(path) as image:
            return numpy.asarray(ImageOps.exif_transpose(image).convert("RGB")), ""
    except Exception as e:  # Pillow raises OSError, SyntaxError, ValueError, struct.error, IndexError ...
        return None, f"{type(e).__name__}: {e}".replace(str(path), "FILE").splitlines()[0][:110]


def compared(ours, theirs):
    if ours is None or theirs is None:
        return {(True, True): "both refuse", (True, False): "Pillow alone reads", (False, True): "we alone read"}[
            ours is None, theirs is None
        ]
    if ours.shape != theirs.shape:
        return "another size"
    return "same pixels" if (ours == theirs).all() else "other pixels"


def main():
    warnings.simplefilter("ignore")
    folder, out = map(pathlib.Path, sys.argv[1:3])
    everything = len(sys.argv) > 3
    counts = collections.Counter()
    kinds = collections.Counter()
    for row, line in enumerate((out / "table.tsv").read_text("utf-8").splitlines()):
        name, status, reason, width, height = line.split("\t")
        ours = None
        if int(width):
            ours = numpy.fromfile(out / f"{row}.rgb", numpy.uint8).reshape(int(height), int(width), 3)
        theirs, why = pillow(folder / name)
        result = compared(ours, theirs)
        kind = name.rsplit(".", 1)[-1].lower()
        counts[result] += 1
        kinds[kind, result] += 1
        if everything or result not in ("both refuse", "same pixels"):
            if result == "other pixels":
                off = numpy.abs(ours.astype(int) - theirs)
                why = f"{(off.max(-1) > 0).mean():.1%} of pixels, mean {off.mean():.3f}, most {off.max()}"
            print("\t".join([result, name, f"{status} {reason}".strip(), why]))
    for (kind, result), count in sorted(kinds.items()):
        print(f"{kind}\t{result}\t{count}")
    print(", ".join(f"{result} {count}" for result, count in counts.most_common()))


if __name__ == "__main__":
    main()
