"""One file of patients as the columns of the model study's suite."""

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


def from_csv(path: Path) -> dict[str, np.ndarray]:
    options = csv.ConvertOptions(include_columns=NEEDED)
    return as_columns(csv.read_csv(path, convert_options=options))


def from_arrow(path: Path) -> dict[str, np.ndarray]:
    return as_columns(feather.read_table(path, columns=list(NEEDED), memory_map=True))


def write_arrow(source: Path, path: Path) -> None:
    feather.write_feather(csv.read_csv(source), path, compression="uncompressed")


def as_columns(table: pa.Table) -> dict[str, np.ndarray]:
    columns = {name: table[name].to_numpy() for name in SUITE.measurements}
    columns[SUITE.group] = pc.equal(table[SUITE.group], "MHD").to_numpy()
    columns[SUITE.outcome] = table[SUITE.outcome].to_numpy()
    return columns
