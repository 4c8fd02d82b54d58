"""What the tables hold of each patient, as a hash: from two of them it can be told whether it changed."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping

import pandas as pd


def patient_hashes(frame: pd.DataFrame, serial: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per patient; a column for each table: `patients`, `draws` and `readings` where they were read.

    A missing value does not count, nor whether a number is kept whole: a column that comes empty or gains its
    first gap is no change to everybody. 0 stands for a patient of whom a table holds nothing.
    """
    by_place = dict(enumerate(frame["study_id"]))
    tables = {"patients": frame.assign(patient=list(by_place)), **serial}
    hashes = {name: _hashed(table, by_place) for name, table in tables.items()}
    columns = {
        name: pd.Series([found.get(study_id, 0) for study_id in by_place.values()], dtype="int64")
        for name, found in hashes.items()
    }
    return pd.DataFrame({"study_id": frame["study_id"].to_numpy(), **columns})


def _hashed(table: pd.DataFrame, by_place: Mapping[int, str]) -> dict[str, int]:
    named = [_named(name, table[name]) for name in table.columns if name != "patient"]
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for place, *cells in zip(table["patient"], *named, strict=True):
        rows[by_place[place]].append("\x1f".join(cell for cell in cells if cell))
    return {study_id: _hash("\x1e".join(sorted(found))) for study_id, found in rows.items()}


def _named(name: str, values: pd.Series) -> list[str]:
    """Each value with the name of its column; nothing where it is missing."""
    numeric = pd.api.types.is_numeric_dtype(values)
    kept = values.astype(float) + 0.0 if numeric else values
    missing = values.isna()
    return ["" if gone else f"{name}={value}" for value, gone in zip(kept, missing, strict=True)]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)
