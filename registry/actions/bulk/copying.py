"""Checked rows into their tables: COPY on Django's connection, within its transaction and audit context."""

import io
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
from django.db import connection
from pyarrow import csv

from registry.models import CalcificationReading, Consent, Contact, LabDraw, LabResult, OutcomeEvent, Patient
from registry.models.calcification import SEGMENTS

TIME = ("occurred_on", "occurred_months")
TABLES = {
    "patients": (
        Patient,
        (
            *("id", "cohort_id", "site_id", "group_id", "study_id", "source_id", "sex"),
            *("birth_year", "birth_month", "age_reported", "enrolled_on", "dialysis_started_on"),
            *("modality", "sessions_per_week", "session_minutes", "vascular_access"),
            *("diabetes", "hypertension", "smoking", "prior_cvd"),
        ),
    ),
    "consents": (Consent, ("patient_id", "form_code", "version", "signed_on")),
    "draws": (
        LabDraw,
        (
            *("id", "patient_id", *TIME, "occurred_time", "dialysis", "interdialytic_gap"),
            *("is_fasting", "is_haemolysed", "laboratory"),
        ),
    ),
    "results": (
        LabResult,
        (
            *("draw_id", "analyte_id", "value", "comparator", "reported_value", "reported_unit"),
            *("is_flagged", "is_confirmed"),
        ),
    ),
    "readings": (
        CalcificationReading,
        ("patient_id", *TIME, "modality", "reader", *SEGMENTS, "unreadable", "total_reported"),
    ),
    "outcomes": (
        OutcomeEvent,
        (
            *("patient_id", "outcome_type_id", "is_terminal", *TIME),
            *("precision", "source", "icd10", "cause_reported", "is_adjudicated"),
        ),
    ),
    "contacts": (Contact, ("patient_id", *TIME, "kind", "note")),
}


def reserve_ids(table: str, n: int) -> list[int]:
    """Take n fresh primary keys of a table, so that rows of other tables can point at them."""
    model, _columns = TABLES[table]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, n],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_frames(frames: Mapping[str, pd.DataFrame]) -> None:
    """Write each frame to its table, the patients first."""
    for table, (model, columns) in TABLES.items():
        frame = frames.get(table)
        if frame is None or frame.empty:
            continue
        names = ", ".join(f'"{column}"' for column in columns)
        statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN (FORMAT csv)'
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(_csv(frame[list(columns)]))


def _csv(frame: pd.DataFrame) -> bytes:
    """CSV in which nothing said is an empty field and an empty text is quoted, as COPY tells them apart."""
    dates = frame.select_dtypes("datetime").columns
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for name in dates:
        position = table.schema.get_field_index(name)
        table = table.set_column(position, name, table[name].cast(pa.date32()))
    buffer = io.BytesIO()
    # An empty chunk, left by joining empty frames, would be written as a block of zero bytes.
    csv.write_csv(table.combine_chunks(), buffer, csv.WriteOptions(include_header=False))
    return buffer.getvalue()
