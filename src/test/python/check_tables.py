"""Counts the rows of every table of a workspace, and the values of every column, with DuckDB or else pandas, from nothing
but the log of each Delta table; compares them with what org.sparkvit.cli.TablesExchange wrote down.

    check_tables.py WORKSPACE COUNTS.json
"""

import json
import pathlib
import sys

import pandas

from delta_log import delta_files, table

try:
    import duckdb
except ImportError:
    duckdb = None


def counts(folder, columns):
    files = [str(file) for file in delta_files(folder)]
    if not files:
        return {"": 0} | {name: 0 for name in columns}
    if duckdb is None:
        rows = table(folder)
        return {"": len(rows)} | {name: int(rows[name].notna().sum()) for name in columns}
    wanted = ", ".join(f'count("{name}")' for name in columns)
    found = duckdb.sql(f"SELECT count(*), {wanted} FROM read_parquet($files)", params={"files": files}).fetchone()
    return dict(zip(["", *columns], found))


workspace, expected = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text())
wrong = []
for name, theirs in expected.items():
    ours = counts(workspace / name, [column for column in theirs if column])
    if ours != theirs:
        wrong.append(f"{name}: {ours} and not {theirs}")
images, predictions = expected["images"][""], expected["predictions"][""]
print(f"{len(expected) - len(wrong)} of {len(expected)} tables have the same counts by",
      f"duckdb {duckdb.__version__}" if duckdb else f"pandas {pandas.__version__}",
      f"and the log alone; images {images}, predictions {predictions}")
if images != predictions:
    wrong.append(f"{predictions} predictions of {images} images")
if wrong:
    sys.exit("\n".join(wrong))
