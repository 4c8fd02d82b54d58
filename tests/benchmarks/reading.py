"""One file of patients as the columns of the model study's suite, in pieces that threads read at once."""

import mmap
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, feather

from analytics.statistics.suite import Suite

MEASUREMENTS = ("age", "diabetes", "mg", "ca", "p", "ca_p", "ipth", "aacs", "vitd", "bmp7", "hscrp")
SUITE = Suite(
    group="grp",
    outcome="cvd_death",
    compared=tuple(name for name in MEASUREMENTS if name != "diabetes"),
    binary=("sex", "diabetes"),
    correlated=MEASUREMENTS,
    univariable=tuple(name for name in MEASUREMENTS if name != "aacs"),
    multivariable=("age", "diabetes", "mg", "ca", "p", "ca_p", "vitd", "hscrp"),
    markers=("mg", "ca", "p"),
)
NEEDED = (SUITE.group, SUITE.outcome, *SUITE.measurements)


_TYPES = {name: pa.float64() for name in NEEDED} | {SUITE.group: pa.string()}
_PIECE, _LEAST = 1 << 22, 1 << 19
_ROWS = 1 << 16

Columns = dict[str, np.ndarray]
Pieces = list[Callable[[], Columns]]


def from_csv(path: Path) -> Pieces:
    with path.open("rb") as file:
        text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = text.find(b"\n") + 1
    names = text[:start].decode().strip().split(",")
    size = max(_shared(len(text), _PIECE), _LEAST)
    pieces = []
    while start < len(text):
        # At the end of the line in which the piece is full. The first is half as large, so that one thread
        # reads while the other counts.
        end = text.find(b"\n", start + (size if pieces else size // 2)) + 1 or len(text)
        pieces.append(partial(_parsed, text, start, end, names))
        start = end
    return pieces


def _parsed(text: mmap.mmap, start: int, end: int, names: list[str]) -> Columns:
    table = csv.read_csv(
        pa.py_buffer(memoryview(text)[start:end]),
        # One block and no threads: there is one thread for each piece.
        read_options=csv.ReadOptions(column_names=names, use_threads=False, block_size=end - start + 1),
        convert_options=csv.ConvertOptions(
            include_columns=NEEDED, column_types=_TYPES, null_values=["", "NA"]
        ),
    )
    return as_columns(table)


def from_arrow(path: Path) -> Pieces:
    table = feather.read_table(path, columns=list(NEEDED), memory_map=True)
    return [partial(as_columns, pa.table(batch)) for batch in table.to_batches()]


def write_arrow(source: Path, path: Path) -> None:
    table = csv.read_csv(source).combine_chunks()
    size = max(_shared(table.num_rows, _ROWS), 1 << 14)
    feather.write_feather(table, path, compression="uncompressed", chunksize=size)


def _shared(total: int, most: int) -> int:
    """Size of equal pieces, none above the most, as many as two threads can share evenly."""
    return -(-total // (2 * -(-total // (2 * most))))


def joined(pieces: Pieces) -> Columns:
    found = [piece() for piece in pieces]
    return {name: np.concatenate([piece[name] for piece in found]) for name in NEEDED}


def as_columns(table: pa.Table) -> Columns:
    columns = {name: table[name].to_numpy() for name in SUITE.measurements}
    columns[SUITE.group] = pc.equal(table[SUITE.group], "MHD").to_numpy()
    columns[SUITE.outcome] = table[SUITE.outcome].to_numpy()
    return columns
