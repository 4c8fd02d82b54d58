"""An analysis table as bytes: the same table gives the same bytes, whoever reads it and whenever."""

import hashlib
from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
from django.db import transaction
from django.utils import timezone

from analytics.models import Dataset, FrozenTable
from analytics.recompute.hashing import patient_hashes
from registry.cohort import read_cohort
from registry.models import Cohort


def freeze(cohort: Cohort, serial: Collection[str] = ()) -> Dataset:
    """Read the cohort now and keep what was read, with its draws and readings where `serial` names them."""
    read_at = timezone.now()
    table = read_cohort(cohort, serial=serial)
    read = {"draws": table.draws, "readings": table.readings}
    beside = {name: frame for name, frame in read.items() if frame is not None}
    with transaction.atomic():
        return Dataset.objects.create(
            cohort=cohort,
            table=_kept(table.frame),
            hashes_table=_kept(patient_hashes(table.frame, beside)),
            **{f"{name}_table": _kept(frame) for name, frame in beside.items()},
            definition=table.definition,
            columns=list(table.frame.columns),
            n_rows=len(table.frame),
            n_enrolled=table.n_enrolled,
            exclusions=[{"reason": reason, "n": n} for reason, n in table.exclusions],
            snapshot=table.snapshot,
            read_at=read_at,
        )


def _kept(frame: pd.DataFrame) -> FrozenTable:
    content = frozen_bytes(frame)
    frozen, _is_new = FrozenTable.objects.get_or_create(
        sha256=hashlib.sha256(content).hexdigest(), defaults={"content": content}
    )
    return frozen


def frozen_bytes(frame: pd.DataFrame) -> bytes:
    """The table as an uncompressed Arrow file without metadata."""
    table = pa.table({str(name): _column(frame[name]) for name in frame.columns})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def serial_frames(dataset: Dataset) -> dict[str, pd.DataFrame]:
    """The draws and readings that were frozen beside the patients, by name."""
    tables = {"draws": dataset.draws_table, "readings": dataset.readings_table}
    return {name: frozen_frame(table.content) for name, table in tables.items() if table is not None}


def frozen_frame(content: bytes | memoryview) -> pd.DataFrame:
    """The table that was frozen."""
    frame: pd.DataFrame = pa.ipc.open_file(pa.py_buffer(content)).read_all().to_pandas()
    return frame


def _column(values: pd.Series) -> pa.Array:
    missing = values.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(values):
        seconds = values.to_numpy(dtype="datetime64[s]")
        return pa.array(
            np.where(missing, np.datetime64(0, "s"), seconds), type=pa.timestamp("s"), mask=missing
        )
    if pd.api.types.is_integer_dtype(values):
        return pa.array(values.to_numpy(dtype=np.int64))
    if pd.api.types.is_numeric_dtype(values):
        # What lies under a missing value, and the sign of a zero, would otherwise reach the hash.
        return pa.array(np.where(missing, 0.0, values.to_numpy(dtype=float)) + 0.0, mask=missing)
    return pa.array(values.to_numpy(dtype=object), type=pa.string(), mask=missing)
