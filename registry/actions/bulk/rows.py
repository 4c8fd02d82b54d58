"""What the bulk path takes and gives back: one frame a table, and each refusal with its row and way out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from registry.models import CalcificationReading, Contact, LabDraw, OutcomeEvent
from registry.models.calcification import SEGMENTS

# A column is text ("" where nothing was said), a date, a time or decimal as text, a whole number, or a flag.
TIME: Final = {"occurred_on": "date", "occurred_months": "decimal"}
COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "patients": {
        **dict.fromkeys(("study_id", "source_id", "site", "group", "sex"), "text"),
        "birth_year": "whole",
        "birth_month": "whole",
        "age_reported": "decimal",
        "enrolled_on": "date",
        "dialysis_started_on": "date",
        "modality": "text",
        "sessions_per_week": "whole",
        "session_minutes": "whole",
        **dict.fromkeys(("vascular_access", "diabetes", "hypertension", "smoking", "prior_cvd"), "text"),
    },
    "consents": {"study_id": "text", "form_code": "text", "version": "text", "signed_on": "date"},
    "draws": {
        "study_id": "text",
        "draw": "whole",
        # The key of a draw that is in the record already, to which results are added.
        "recorded_id": "whole",
        **TIME,
        "occurred_time": "time",
        "dialysis": "text",
        "interdialytic_gap": "text",
        "is_fasting": "flag",
        "is_haemolysed": "flag",
        "laboratory": "text",
    },
    "results": {"draw": "whole", "analyte": "text", "text": "text", "unit": "text"},
    "readings": {
        "study_id": "text",
        **TIME,
        "modality": "text",
        "reader": "text",
        **dict.fromkeys(SEGMENTS, "whole"),
        "unreadable": "text",
        "total_reported": "whole",
    },
    "outcomes": {
        "study_id": "text",
        **TIME,
        **dict.fromkeys(("outcome_type", "precision", "source", "icd10", "cause_reported"), "text"),
        "is_adjudicated": "flag",
    },
    "contacts": {"study_id": "text", **TIME, "kind": "text", "note": "text"},
}
# What stands where a source says nothing: the models' own defaults.
UNSAID: Final[Mapping[str, Mapping[str, str | bool]]] = {
    "draws": {
        "dialysis": LabDraw.Dialysis.UNKNOWN.value,
        "interdialytic_gap": LabDraw.Gap.UNKNOWN.value,
        "is_haemolysed": False,
    },
    "readings": {"modality": CalcificationReading.Modality.UNKNOWN.value},
    "outcomes": {
        "precision": OutcomeEvent.Precision.DAY.value,
        "source": OutcomeEvent.Source.UNKNOWN.value,
        "is_adjudicated": False,
    },
    "contacts": {"kind": Contact.Kind.VISIT.value},
}
DTYPES: Final = {
    "text": "str",
    "date": "datetime64[s]",
    "whole": "Int64",
    "decimal": "str",
    "time": "str",
    "flag": "boolean",
}


@dataclass(frozen=True)
class Refusal:
    """One thing that may not enter the record: where it stands, what it is, which rule, and the way out."""

    row: int | None
    field: str
    value: str
    message: str
    code: str
    study_id: str = ""


class FileRefused(Exception):
    """Nothing of a file was written, for these reasons."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(refusals[0].message if refusals else "")
        self.refusals = refusals


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass
class Rows:
    """Rows to write, a frame a table; `row` is the row of the source, a missing column says nothing."""

    patients: pd.DataFrame = field(default_factory=_no_rows)
    consents: pd.DataFrame = field(default_factory=_no_rows)
    draws: pd.DataFrame = field(default_factory=_no_rows)
    results: pd.DataFrame = field(default_factory=_no_rows)
    readings: pd.DataFrame = field(default_factory=_no_rows)
    outcomes: pd.DataFrame = field(default_factory=_no_rows)
    contacts: pd.DataFrame = field(default_factory=_no_rows)

    def __post_init__(self) -> None:
        for table, columns in COLUMNS.items():
            setattr(self, table, _complete(getattr(self, table), columns, UNSAID.get(table, {})))

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        return {table: len(getattr(self, table)) for table in COLUMNS}


def _complete(
    frame: pd.DataFrame, columns: Mapping[str, str], unsaid: Mapping[str, str | bool]
) -> pd.DataFrame:
    """The frame with every column of its table, in its type and order."""
    complete = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    complete["row"] = frame["row"].to_numpy() if "row" in frame else 0
    for name, kind in columns.items():
        said = frame[name].array if name in frame else [None] * len(frame)
        column = pd.Series(said, index=complete.index, dtype=DTYPES[kind])
        default = unsaid.get(name, "" if kind in {"text", "time"} else None)
        complete[name] = column if default is None else column.replace("", None).fillna(default)
    return complete


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as dicts."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
