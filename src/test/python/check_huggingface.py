"""Reads with pyarrow and Hugging Face's datasets what `spark-vit export images --format huggingface` has written, and compares
contents, labels and splits with the tables of the workspace.

    check_huggingface.py FOLDER WORKSPACE
"""

import hashlib
import pathlib
import sys
import tempfile

import pyarrow.parquet

from delta_log import table

try:
    import datasets
except ImportError:
    datasets = None

folder, workspace = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
files = sorted((folder / "data").glob("[a-z]*.parquet"))
images = table(workspace / "images").set_index("id")
usable = images[images["status"].isin(["OK", "EXT_MISMATCH"])]
hashes = set(usable["sha256"])

arrow = [row for file in files for row in pyarrow.parquet.read_table(file).to_pylist()]
found = {hashlib.sha256(row["image"]["bytes"]).hexdigest() for row in arrow}
if not arrow or not found <= hashes:
    sys.exit(f"{len(found - hashes)} of {len(arrow)} images are none of the catalog's")
metadata = [pyarrow.parquet.ParquetFile(file).metadata for file in files]
groups = sum(file.num_row_groups for file in metadata)
if len(arrow) > 150 * groups:
    sys.exit(f"{len(arrow)} images are in {groups} row groups only, which viewers read as a whole")
print(f"pyarrow {pyarrow.__version__} reads {len(arrow)} images of {len(files)} files, with the bytes that the catalog saw")

if datasets is None:
    print("skipped: this Python has no datasets")
    sys.exit()
with tempfile.TemporaryDirectory() as cache:
    splits = datasets.load_dataset(str(folder), cache_dir=cache)
    wanted = {file.name.split("-")[0] for file in files}
    if set(splits) != wanted:
        sys.exit(f"datasets finds the splits {sorted(splits)} and not {sorted(wanted)}")
    count = 0
    by_hash = usable.drop_duplicates("sha256").set_index("sha256")
    for name, rows in splits.items():
        if not isinstance(rows.features["image"], datasets.Image):
            sys.exit(f"the column image is {rows.features['image']}")
        label = rows.features["label"]
        for row in rows.cast_column("image", datasets.Image(decode=False)):
            seen = by_hash.loc[hashlib.sha256(row["image"]["bytes"]).hexdigest()]
            if row["label"] >= 0 and label.int2str(row["label"]) not in set(images["label"].dropna()):
                sys.exit(f"{seen['path']} has the label {label.int2str(row['label'])}")
            count += 1
        rows[0]["image"].load()  # as a person would look at it
    if count != len(arrow):
        sys.exit(f"datasets reads {count} images and not {len(arrow)}")
    print(f"datasets {datasets.__version__} reads {count} images in {', '.join(sorted(splits))}, "
          f"{len(label.names)} classes")
