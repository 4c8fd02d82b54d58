"""A file against the record: what is new, what the record holds already, what the two say differently."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from django.db.models import Model

from registry.actions.bulk import COLUMNS, UNSAID, Rows, records
from registry.actions.bulk.results import read_results
from registry.actions.bulk.setting import read_setting
from registry.models import (
    CalcificationReading,
    Cohort,
    Consent,
    Contact,
    LabDraw,
    LabResult,
    OutcomeEvent,
    Patient,
)

MOMENT = ["occurred_on", "occurred_months"]
KEYS = {
    "patients": ["study_id"],
    "consents": ["study_id", "form_code", "version"],
    "draws": ["study_id", *MOMENT, "occurred_time", "dialysis"],
    "readings": ["study_id", *MOMENT, "modality", "reader"],
    "ends": ["study_id"],
    "outcomes": ["study_id", "outcome_type", *MOMENT],
    "contacts": ["study_id", *MOMENT, "kind"],
}
MODELS: Mapping[str, type[Model]] = {
    "patients": Patient,
    "consents": Consent,
    "draws": LabDraw,
    "readings": CalcificationReading,
    "ends": OutcomeEvent,
    "outcomes": OutcomeEvent,
    "contacts": Contact,
}
PATHS = {
    "site": "site__code",
    "group": "group__code",
    "outcome_type": "outcome_type_id",
    "study_id": "patient__study_id",
}


@dataclass(frozen=True)
class Difference:
    """One field that the file and the record tell differently; `pk` is the recorded row's."""

    row: int
    study_id: str
    table: str
    pk: int
    field: str
    recorded: str
    said: str
    unit: str = ""


@dataclass
class Comparison:
    """The rows that are new, how many are recorded as the file has them, and where the two differ."""

    new: Rows
    unchanged: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)


def compare(rows: Rows, cohort: Cohort) -> Comparison:
    """Hold a file's rows against the record; what the file leaves empty it does not contradict."""
    comparison = Comparison(new=rows)
    is_end = rows.outcomes["outcome_type"].isin(_terminal_codes(cohort))
    outcomes = _unrecorded(comparison, "outcomes", rows.outcomes[~is_end], cohort)
    ends = _unrecorded(comparison, "ends", rows.outcomes[is_end], cohort)
    draws, results = _unrecorded_results(comparison, rows, cohort)
    comparison.new = Rows(
        patients=_unrecorded(comparison, "patients", rows.patients, cohort),
        consents=_unrecorded(comparison, "consents", rows.consents, cohort),
        draws=draws,
        results=results,
        readings=_unrecorded(comparison, "readings", rows.readings, cohort),
        outcomes=pd.concat([ends, outcomes], ignore_index=True),
        contacts=_unrecorded(comparison, "contacts", rows.contacts, cohort),
    )
    comparison.differences.sort(key=lambda difference: difference.row)
    return comparison


def _terminal_codes(cohort: Cohort) -> list[str]:
    return [code for code, kind in read_setting(cohort).outcomes.items() if kind.is_terminal]


def _unrecorded(comparison: Comparison, name: str, frame: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """The rows the record does not hold; those it holds are counted, or told as differing."""
    both = _beside_recorded(name, frame, cohort)
    _tell(comparison, name, both[both["pk"].notna()])
    return frame[both["pk"].isna().to_numpy()]


def _beside_recorded(name: str, frame: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Each row with, beside, what the record holds under the same key; `pk` is empty where it holds none."""
    table = "outcomes" if name == "ends" else name
    said = _comparable(frame, table).assign(row=frame["row"].to_numpy())
    recorded = _recorded(name, table, cohort, frame["study_id"].unique().tolist())
    recorded = recorded.drop_duplicates(KEYS[name])
    return said.merge(recorded, on=KEYS[name], how="left", suffixes=("", " recorded"))


def _tell(comparison: Comparison, name: str, both: pd.DataFrame) -> None:
    table = "outcomes" if name == "ends" else name
    differs = pd.Series(False, index=both.index)
    for column in _compared(table):
        if column in KEYS[name]:
            continue
        default = str(UNSAID.get(table, {}).get(column, ""))
        differing = both[~both[column].isin(["", default]) & (both[column] != both[f"{column} recorded"])]
        differs[differing.index] = True
        comparison.differences += [
            Difference(
                row["row"], row["study_id"], table, row["pk"], column, row[f"{column} recorded"], row[column]
            )
            for row in records(differing)
        ]
    comparison.unchanged[table] += int((~differs).sum())


def _unrecorded_results(
    comparison: Comparison, rows: Rows, cohort: Cohort
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """New draws with their results, and recorded draws with the results the record lacks."""
    both = _beside_recorded("draws", rows.draws, cohort)
    _tell(comparison, "draws", both[both["pk"].notna()])
    draws = rows.draws.assign(recorded_id=both["pk"].astype("Int64").to_numpy())
    results = rows.results.merge(draws[["draw", "study_id", "recorded_id"]], on="draw", how="left")
    setting = read_setting(cohort)
    # One table and no order: joined, thousands of keys can end in nested loops where statistics are stale.
    recorded = LabResult.objects.filter(draw_id__in=draws["recorded_id"].dropna().tolist()).order_by()
    held = pd.DataFrame(
        recorded.values_list("draw_id", "analyte_id", "pk", "comparator", "value", "reported_unit"),
        columns=["recorded_id", "analyte", "pk", "comparator", "value", "unit"],
    ).astype({"recorded_id": "Int64", "analyte": "str"})
    groups = dict(Patient.objects.filter(cohort=cohort).order_by().values_list("study_id", "group__code"))
    held["recorded"] = [
        _stated(*row) for row in held[["comparator", "value", "unit"]].itertuples(index=False)
    ]
    pairs = results.merge(held[["recorded_id", "analyte", "pk", "recorded"]], on=["recorded_id", "analyte"])
    read = read_results(pairs, pairs["study_id"].map(groups), setting).accepted
    read["said"] = [
        _stated(*row) for row in read[["comparator", "value", "reported_unit"]].itertuples(index=False)
    ]
    comparison.unchanged["results"] += int((read["said"] == read["recorded"]).sum())
    comparison.differences += [
        Difference(
            row=row["row"],
            study_id=row["study_id"],
            table="results",
            pk=row["pk"],
            field=f"results.{row['analyte']}",
            recorded=row["recorded"],
            said=row["text"],
            unit=row["unit"],
        )
        for row in records(read[read["said"] != read["recorded"]])
    ]
    is_held = pd.MultiIndex.from_frame(results[["draw", "analyte"]]).isin(
        pd.MultiIndex.from_frame(read[["draw", "analyte"]])
    )
    new = results[~is_held]
    return draws[draws["draw"].isin(new["draw"])], new[["row", *COLUMNS["results"]]]


def _stated(comparator: str, value: object, unit: str) -> str:
    return f"{comparator}{Decimal(str(value)).normalize():f} {unit}"


def _recorded(name: str, table: str, cohort: Cohort, study_ids: Sequence[str]) -> pd.DataFrame:
    """The cohort's rows of a table in the file's own columns, ready to be compared."""
    of_patient = name == "patients"
    owner = {"cohort": cohort} if of_patient else {"patient__cohort": cohort}
    path = "study_id" if of_patient else "patient__study_id"
    rows = MODELS[name]._default_manager.filter(**owner, **{f"{path}__in": list(study_ids)}).order_by()
    if table == "outcomes":
        rows = rows.filter(is_terminal=name == "ends")
    columns = _compared(table)
    paths = [path if column == "study_id" else PATHS.get(column, column) for column in columns]
    frame = pd.DataFrame(rows.values_list("pk", *paths), columns=["pk", *columns])
    return _comparable(frame, table).assign(pk=frame["pk"].astype("Int64"))


def _compared(table: str) -> list[str]:
    return [column for column in COLUMNS[table] if column not in {"draw", "recorded_id"}]


def _comparable(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Every cell as the one text that says the same in a file and in the record."""
    columns = _compared(table)
    comparable = {
        column: [_text(value, COLUMNS[table][column]) for value in frame[column]] for column in columns
    }
    return pd.DataFrame(comparable, columns=columns, dtype="str")


def _text(value: Any, kind: str) -> str:
    if isinstance(value, list):
        return ",".join(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value or value == "":
        return ""
    if kind == "decimal":
        return f"{Decimal(str(value)).normalize():f}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
