"""Reads a cohort in one snapshot and lays it out as one row per patient."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from registry.cohort import queries
from registry.cohort.baseline import baseline_values
from registry.cohort.followup import follow_up
from registry.cohort.serial import serial_draws, serial_readings
from registry.dictionary.calendar import DAYS_IN_MONTH, DAYS_IN_YEAR
from registry.models import Cohort, OutcomeType
from registry.models.calcification import SEGMENTS

MID_YEAR, MID_MONTH = 7, 15

COLUMN_TYPES = {
    "id": pa.int64(),
    "patient_id": pa.int64(),
    "position": pa.int64(),
    "birth_year": pa.int64(),
    "birth_month": pa.int64(),
    "age_reported": pa.float64(),
    "value": pa.float64(),
    "time": pa.float64(),
    "aac24": pa.float64(),
    "enrolled_on": pa.timestamp("s"),
    "dialysis_started_on": pa.timestamp("s"),
    "index_on": pa.timestamp("s"),
    "ended_on": pa.timestamp("s"),
    "has_consent": pa.bool_(),
    "is_terminal": pa.bool_(),
    "code": pa.dictionary(pa.int32(), pa.string()),
    "comparator": pa.string(),
    "reader": pa.string(),
    "modality": pa.string(),
    **dict.fromkeys(SEGMENTS, pa.float64()),
}


@dataclass(frozen=True)
class CohortTable:
    """A cohort as it stood in one snapshot: a row per analysed patient, and who is not among them.

    `draws` and `readings` hold what was measured again and again, where that was asked for.
    """

    frame: pd.DataFrame
    exclusions: tuple[tuple[str, int], ...]
    n_enrolled: int
    snapshot: str
    definition: dict[str, Any]
    draws: pd.DataFrame | None = None
    readings: pd.DataFrame | None = None


def read_cohort(cohort: Cohort, *, serial: Collection[str] = (), using: str = "default") -> CohortTable:
    """One row per patient, sorted by study number, from one snapshot of the database.

    Baseline is the value nearest to the index date within the cohort's window, taken before dialysis or at
    a time not stated; of two as near the earlier. Derived analytes come from inputs of one draw. Missing and
    "unknown" are one thing here: no value. A terminal status is empty while the patient is followed.
    Nothing dated after consent ended is used; how much there was is counted among the exclusions. What
    `serial` names, "draws" or "readings", comes as further tables: a row each, within follow-up.
    """
    with _one_snapshot(using) as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        snapshot = cursor.fetchone()[0]
        cohort = Cohort.objects.using(using).get(pk=cohort.pk)
        events = OutcomeType.objects.using(using).filter(is_terminal=False).values_list("code", flat=True)
        event_codes = sorted(events)
        patients = _copy(cursor, queries.PATIENTS, cohort)
        results = _lab_results(cursor, queries.BASELINE_RESULTS, cohort)
        readings = _copy(cursor, queries.CALCIFICATION, cohort)
        happened = _copy(cursor, queries.EVENTS, cohort)
        sightings = _copy(cursor, queries.SIGHTINGS, cohort)
        after_consent = _copy(cursor, queries.AFTER_CONSENT, cohort)
        if "draws" in serial:
            drawn = _copy(cursor, queries.SERIAL_DRAWN, cohort)
            drawn_results = _lab_results(cursor, queries.SERIAL_RESULTS, cohort)
        if "readings" in serial:
            read = _copy(cursor, queries.READINGS, cohort)

    n_enrolled = len(patients)
    course = follow_up(patients, happened, sightings, event_codes, cohort)
    reason = _reason_for_exclusion(patients, course["ended_before_index"].to_numpy(), cohort)
    exclusions = _counts(reason) | {str(code): int(n) for code, n in after_consent.iloc[0].items()}

    kept = reason == ""
    patients, course = patients[kept].reset_index(drop=True), course[kept].reset_index(drop=True)
    frame = pd.concat(
        [
            _characteristics(patients),
            baseline_values(results, patients["id"]),
            readings.set_index("patient_id").reindex(patients["id"]).reset_index(drop=True),
            course.drop(columns="ended_before_index"),
        ],
        axis="columns",
    )
    followed = patients[["id"]].join(course["follow_up_months"])
    in_month = 1.0 if cohort.is_relative else DAYS_IN_MONTH
    return CohortTable(
        frame=frame,
        exclusions=tuple((code, n) for code, n in exclusions.items() if n),
        n_enrolled=n_enrolled,
        snapshot=snapshot,
        definition=definition_of(cohort),
        draws=serial_draws(drawn, drawn_results, followed, in_month) if "draws" in serial else None,
        readings=serial_readings(read, followed, in_month) if "readings" in serial else None,
    )


@contextmanager
def _one_snapshot(using: str) -> Iterator[CursorWrapper]:
    # Durable: inside another transaction the isolation level could no longer be set.
    with transaction.atomic(using=using, durable=True), connections[using].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Sorting a large cohort on disk takes twice as long.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        yield cursor


def _copy(cursor: CursorWrapper, query: str, cohort: Cohort) -> pd.DataFrame:
    text = f"COPY ({queries.statement(query, cohort)}) TO STDOUT (FORMAT csv, HEADER)"
    # Past Django's wrapper: the one that logs queries takes no parameters here.
    with cursor.cursor.copy(text, _parameters(cohort)) as copy:
        return _table(b"".join(copy))


def _lab_results(cursor: CursorWrapper, query: str, cohort: Cohort) -> pd.DataFrame:
    cursor.execute(queries.statement(query, cohort), _parameters(cohort))
    lines = [queries.LAB_RESULT_COLUMNS, *(lines for (lines,) in cursor.fetchall())]
    return _table("".join(f"{line}\n" for line in lines).encode())


def _parameters(cohort: Cohort) -> dict[str, int | float | date | None]:
    unit = DAYS_IN_MONTH if cohort.is_relative else 1.0
    return {
        "cohort": cohort.pk,
        "before": cohort.baseline_days_before / unit,
        "after": cohort.baseline_days_after / unit,
        "lock": cohort.data_lock_on,
    }


def _table(content: bytes) -> pd.DataFrame:
    table: pd.DataFrame = pyarrow.csv.read_csv(
        pa.BufferReader(content),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=COLUMN_TYPES,
            true_values=["t"],
            false_values=["f"],
            null_values=[""],
            strings_can_be_null=True,
        ),
    ).to_pandas()
    return table


def _reason_for_exclusion(
    patients: pd.DataFrame, ended_before_index: np.ndarray, cohort: Cohort
) -> np.ndarray:
    index_on, ended_on = patients["index_on"], patients["ended_on"]
    needs_consent = cohort.consent_basis == Cohort.ConsentBasis.WRITTEN
    conditions = {
        "no_index_date": index_on.isna() & (not cohort.is_relative),
        "no_consent": ~patients["has_consent"] & needs_consent,
        "withdrawn_before_index": ended_on < index_on,
        "index_after_lock": index_on > np.datetime64(cohort.data_lock_on, "s"),
        "ended_before_index": ended_before_index,
    }
    return np.select(
        [np.asarray(condition, dtype=bool) for condition in conditions.values()], list(conditions), default=""
    )


def _counts(reason: np.ndarray) -> dict[str, int]:
    codes, counts = np.unique(reason[reason != ""], return_counts=True)
    return {str(code): int(n) for code, n in zip(codes, counts, strict=True)}


def _characteristics(patients: pd.DataFrame) -> pd.DataFrame:
    born = pd.to_datetime(
        pd.DataFrame(
            {
                "year": patients["birth_year"],
                "month": patients["birth_month"].fillna(MID_YEAR),
                "day": np.where(patients["birth_month"].isna(), 1, MID_MONTH),
            }
        ),
        errors="coerce",
    )
    index_on = patients["index_on"]
    coded = patients[["sex", "diabetes", "hypertension", "smoking", "prior_cvd"]]
    coded = coded.astype("str").mask(coded.isin(["", "unknown"]))
    return pd.DataFrame(
        {
            "study_id": patients["study_id"].astype("str"),
            "site": patients["site"].astype("str"),
            "group": patients["group"].astype("str"),
            "sex": coded["sex"],
            "age": patients["age_reported"].fillna((index_on - born).dt.days / DAYS_IN_YEAR),
            "vintage_months": (index_on - patients["dialysis_started_on"]).dt.days / DAYS_IN_MONTH,
            "enrolled_on": patients["enrolled_on"],
            **{name: coded[name] for name in ("diabetes", "hypertension", "smoking", "prior_cvd")},
        }
    )


def definition_of(cohort: Cohort) -> dict[str, Any]:
    """What a cohort says of time zero, baseline, follow-up and consent, as data."""
    return {
        "time_scale": cohort.time_scale,
        "index_date": cohort.index_date,
        "baseline_days_before": cohort.baseline_days_before,
        "baseline_days_after": cohort.baseline_days_after,
        "data_lock_on": cohort.data_lock_on and cohort.data_lock_on.isoformat(),
        "follow_up_months": cohort.follow_up_months and float(cohort.follow_up_months),
        "consent_basis": cohort.consent_basis,
        "is_simulated": cohort.is_simulated,
    }
