"""Reads Delta tables of protocol (1, 2), without a library for them."""

import json
from urllib.parse import unquote

import pandas


def delta_files(folder):
    """Paths of the files of the latest version of a Delta table: what its log added and did not remove."""
    log, live, version = folder / "_delta_log", {}, -1
    last = log / "_last_checkpoint"
    if last.exists():
        version = json.loads(last.read_text())["version"]
        checkpoint = pandas.read_parquet(log / f"{version:020}.checkpoint.parquet", columns=["add"])
        live = {add["path"]: True for add in checkpoint["add"].dropna()}
    for entry in sorted(log.glob("*.json")):
        if int(entry.stem) > version:
            for line in entry.read_text().splitlines():
                action = json.loads(line)
                if "add" in action:
                    live[action["add"]["path"]] = True
                if "remove" in action:
                    live.pop(action["remove"]["path"], None)
    return [folder / unquote(path) for path in live]


def table(folder):
    """The rows of the latest version of a Delta table."""
    return pandas.concat([pandas.read_parquet(file) for file in delta_files(folder)], ignore_index=True)
