"""One block of rows on its way into the record, and what its tables share."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from registry.actions.bulk import screens
from registry.actions.bulk.copying import copy_frames
from registry.actions.bulk.rows import COLUMNS, Refusal, Rows, records
from registry.actions.bulk.setting import Setting, known_people
from registry.models import Patient, User


@dataclass
class Loaded:
    """What was written, by table, how many values stand outside soft limits, and what was refused."""

    counts: Counter[str] = field(default_factory=Counter)
    n_flagged: int = 0
    refusals: list[Refusal] = field(default_factory=list)


class Block:
    """Rows with the setting they enter and the people they are about; patients first, then their course."""

    def __init__(self, by: User | None, door: str, setting: Setting, rows: Rows, loaded: Loaded) -> None:
        self.by, self.door, self.setting, self.rows, self.loaded = by, door, setting, rows, loaded
        self.cohort = setting.cohort
        self.today = setting.today()
        self.refused_people: set[str] = set()
        tables = [getattr(rows, table) for table in COLUMNS if "study_id" in COLUMNS[table]]
        self.study_ids = pd.concat([table["study_id"] for table in tables]).unique().tolist()
        self.read_people()

    def read_people(self) -> None:
        """Read again whom of this block the record knows, and when their follow-up ended."""
        self.people = known_people(self.cohort, self.study_ids)

    def of_people(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows of people in the record, and those people beside them; rows of strangers are refused."""
        is_known = frame["study_id"].isin(self.people.index)
        message = _("There is no patient “%(value)s” in this cohort. Enrol the patient first.")
        for row in records(frame[~is_known & ~frame["study_id"].isin(self.refused_people)]):
            self.refuse(row, "study_id", row["study_id"], message % {"value": row["study_id"]}, "unknown")
        known = frame[is_known]
        return known, self.people.loc[known["study_id"]].set_axis(known.index)

    def is_new(self, frame: pd.DataFrame) -> pd.Series:
        """Where the patient enters with this block, so that the record holds nothing of the course yet."""
        return frame["study_id"].isin(self.rows.patients["study_id"])

    def unusual_moment(
        self, frame: pd.DataFrame, people: pd.DataFrame, *, after_enrolment: bool = False
    ) -> pd.Series:
        return screens.unusual_moment(
            frame,
            people.assign(born_on=screens.born_on(people)),
            is_relative=self.cohort.is_relative,
            needs_consent=self.setting.needs_consent,
            after_enrolment=after_enrolment,
            today=self.today,
        )

    def copy(self, table: str, frame: pd.DataFrame) -> None:
        """Write plain rows."""
        copy_frames({table: frame})
        self.loaded.counts[table] += len(frame)

    def with_patients(self, frame: pd.DataFrame) -> Iterator[tuple[dict[str, Any], Patient]]:
        """Each row as a dict, with its patient."""
        patients = Patient.objects.select_related("cohort", "site", "group").filter(cohort=self.cohort)
        wanted = patients.filter(study_id__in=frame["study_id"].unique().tolist())
        by_id = {patient.study_id: patient for patient in wanted} if len(frame) else {}
        for row in records(frame):
            yield row, by_id[row["study_id"]]

    def through_action(
        self,
        table: str,
        row: dict[str, Any],
        action: Callable[..., object],
        *,
        parts: Mapping[str, Sequence[int]] | None = None,
        **arguments: Any,
    ) -> bool:
        """Let the ordinary action write a row, or refuse it; `parts` are the rows of single fields."""
        try:
            with transaction.atomic():
                action(by=self.by, door=self.door, **arguments)
        except ValidationError as refusal:
            for name, errors in refusal.error_dict.items():
                numbers = _own_rows(errors, (parts or {}).get(name)) or [row["row"]] * len(errors)
                for error, number in zip(errors, numbers, strict=True):
                    self.refuse_for(row | {"row": number}, error, name, row.get(name))
            return False
        self.loaded.counts[table] += 1
        return True

    def refuse_for(self, row: dict[str, Any], error: ValidationError, name: str, value: Any) -> None:
        """Keep an action's refusal, with the value it names."""
        said = (error.params or {}).get("value", plain(value))
        self.refuse(row, name, "" if said is None else str(said), " ".join(error.messages), error.code or "")

    def refuse(self, row: dict[str, Any], name: str, value: str, message: str, code: str) -> None:
        self.loaded.refusals.append(
            Refusal(int(row["row"]) or None, name, value, message, code, study_id=str(row["study_id"]))
        )


def _own_rows(errors: Sequence[ValidationError], rows: Sequence[int] | None) -> list[int]:
    """The row of each error about values told in several rows: after the one kept, all are repetitions."""
    if rows is None:
        return []
    n_repeated = sum(error.code == "duplicate" for error in errors)
    return [*rows[: len(errors) - n_repeated], *rows[len(rows) - n_repeated :]]


def plain(value: Any) -> Any:
    """A cell as the actions take it: a date, a number, a text, or None."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if isinstance(value, np.generic) else value
