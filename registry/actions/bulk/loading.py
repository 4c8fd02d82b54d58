"""Rows into the record: plain ones by COPY, the others one by one through the ordinary actions."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from registry.actions.bulk import screens
from registry.actions.bulk.copying import copy_frames, reserve_ids
from registry.actions.bulk.results import read_results
from registry.actions.bulk.rows import COLUMNS, FileRefused, Refusal, Rows
from registry.actions.bulk.setting import Setting, known_people, read_setting
from registry.actions.calcification import record_calcification
from registry.actions.change import change
from registry.actions.contacts import record_contact
from registry.actions.labs import record_lab_draw
from registry.actions.outcomes import ICD10, record_outcome
from registry.actions.patients import enrol_patient
from registry.models import CalcificationReading, Cohort, Contact, LabDraw, OutcomeEvent, Patient, User
from registry.models.calcification import SEGMENTS
from registry.permissions import Permission, require

MOMENT = ("occurred_on", "occurred_months")
DRAW_KEY = ["study_id", *MOMENT, "occurred_time", "dialysis"]


@dataclass
class Loaded:
    """What was written, by table, how many values stand outside soft limits, and what was refused."""

    counts: Counter[str] = field(default_factory=Counter)
    n_flagged: int = 0
    refusals: list[Refusal] = field(default_factory=list)


def load_rows(
    *,
    by: User | None,
    cohort: Cohort,
    door: str,
    blocks: Iterable[Rows],
    reason: str = "",
    keep_rest: bool = False,
) -> Loaded:
    """Write rows to a cohort in one transaction, announced once.

    Parameters
    ----------
    blocks : iterable of Rows
        Written one after the other; a row may tell of a patient of an earlier block or of the record.
    keep_rest : bool
        Whether rows without fault stay when others are refused. Otherwise nothing is written.

    Raises
    ------
    FileRefused
        With every refusal, if there is one and the rest is not to be kept.
    """
    loaded = Loaded()
    with change(by=by, door=door, reason=reason, cohort=cohort):
        setting = read_setting(cohort)
        for site in setting.sites.values():
            require(by, Permission.RECORD_WRITE, site=site)
        for rows in blocks:
            _Block(by, door, setting, rows, loaded).load()
        if loaded.refusals and not keep_rest:
            raise FileRefused(loaded.refusals)
    return loaded


class _Block:
    """One block of rows on its way in."""

    def __init__(self, by: User | None, door: str, setting: Setting, rows: Rows, loaded: Loaded) -> None:
        self.by, self.door, self.setting, self.rows, self.loaded = by, door, setting, rows, loaded
        self.cohort = setting.cohort
        self.today = setting.today()
        self.refused_people: set[str] = set()

    def load(self) -> None:
        tables = [getattr(self.rows, table) for table in COLUMNS if "study_id" in COLUMNS[table]]
        study_ids = pd.concat([table["study_id"] for table in tables]).unique().tolist()
        self.people = known_people(self.cohort, study_ids)
        self._load_patients()
        is_end = self.rows.outcomes["outcome_type"].map(
            {code: kind.is_terminal for code, kind in self.setting.outcomes.items()}
        )
        is_end = is_end.fillna(False).astype(bool)
        self._load_outcomes(self.rows.outcomes[is_end], are_ends=True)
        self._load_outcomes(self.rows.outcomes[~is_end], are_ends=False)
        self._load_draws()
        self._load_readings()
        self._load_contacts()

    # Patients

    def _load_patients(self) -> None:
        patients, setting = self.rows.patients, self.setting
        consents = self.rows.consents.drop_duplicates("study_id").set_index("study_id")
        patients = patients.assign(
            signed_on=consents["signed_on"].reindex(patients["study_id"]).array,
            site_id=patients["site"].map({code: site.pk for code, site in setting.sites.items()}),
            group_id=patients["group"].map({code: group.pk for code, group in setting.groups.items()}),
            cohort_id=self.cohort.pk,
        )
        patients = self._without_strangers(patients)
        on_dialysis = patients["group"].map(
            {code: group.on_dialysis for code, group in setting.groups.items()}
        )
        today = pd.to_datetime(patients["site"].map(self.today)).astype("datetime64[s]")
        fields = [name for name in COLUMNS["patients"] if name not in {"study_id", "site", "group"}]
        dates = {"enrolled_on", "dialysis_started_on"}
        suspects = screens.unusual_fields(Patient, patients, [name for name in fields if name not in dates])
        suspects |= screens.unusual_design(patients, on_dialysis.astype(bool), self.cohort.required_fields)
        suspects |= screens.unusual_enrolment(patients, is_relative=self.cohort.is_relative, today=today)
        suspects |= patients["study_id"].duplicated(keep=False) | patients["study_id"].isin(self.people.index)
        if setting.needs_consent:
            suspects |= patients["signed_on"].isna()
        plain = patients[~suspects].copy()
        plain["id"] = reserve_ids("patients", len(plain))
        signed = self.rows.consents[self.rows.consents["study_id"].isin(plain["study_id"])]
        keys = plain.set_index("study_id")["id"]
        copy_frames({"patients": plain, "consents": signed.assign(patient_id=signed["study_id"].map(keys))})
        self.loaded.counts["patients"] += len(plain)
        for row in patients[suspects].to_dict("records"):
            self._enrol(row, fields, consents)
        self.people = known_people(self.cohort, [*self.people.index, *patients["study_id"]])

    def _without_strangers(self, patients: pd.DataFrame) -> pd.DataFrame:
        """Patients whose site and group are the cohort's; the others are refused."""
        for name, message in (
            ("site", _("The site “%(value)s” takes no part in this cohort. Choose one that does.")),
            ("group", _("The group “%(value)s” is not of this cohort. Choose one of its groups.")),
        ):
            for row in patients[patients[f"{name}_id"].isna()].to_dict("records"):
                self._refuse(row, name, message % {"value": row[name]}, "unknown")
                self.refused_people.add(row["study_id"])
        return patients.dropna(subset=["site_id", "group_id"])

    def _enrol(self, row: dict[str, Any], fields: list[str], consents: pd.DataFrame) -> None:
        study_id = row["study_id"]
        consent = None
        if study_id in consents.index:
            signed = consents.loc[study_id]
            consent = {name: _plain(signed[name]) for name in ("form_code", "version", "signed_on")}
        is_enrolled = self._through_action(
            "patients",
            row,
            lambda: enrol_patient(
                by=self.by,
                cohort=self.cohort,
                site=self.setting.sites[row["site"]],
                group=self.setting.groups[row["group"]],
                study_id=study_id,
                consent=consent,
                door=self.door,
                **{name: _plain(row[name]) for name in fields},
            ),
        )
        if not is_enrolled and study_id not in self.people.index:
            self.refused_people.add(study_id)

    # What happened to them

    def _load_outcomes(self, outcomes: pd.DataFrame, *, are_ends: bool) -> None:
        outcomes, people = self._of_people(outcomes)
        suspects = self._unusual_moment(outcomes, people, after_enrolment=True)
        suspects |= screens.unusual_fields(OutcomeEvent, outcomes, ["precision", "source", "cause_reported"])
        suspects |= ~outcomes["outcome_type"].isin(list(self.setting.outcomes))
        suspects |= ~(screens.empty(outcomes["icd10"]) | outcomes["icd10"].str.fullmatch(ICD10.pattern))
        if are_ends:
            suspects |= outcomes["study_id"].duplicated(keep=False)
            suspects |= ~outcomes["study_id"].isin(self.rows.patients["study_id"])
        plain = outcomes[~suspects].assign(
            patient_id=people["id"][~suspects], outcome_type_id=outcomes["outcome_type"], is_terminal=are_ends
        )
        self._copy("outcomes", plain)
        names = [name for name in COLUMNS["outcomes"] if name not in {"study_id", "outcome_type"}]
        for row, patient in self._with_patients(outcomes[suspects]):
            given = {name: _plain(row[name]) for name in names}
            kind = row["outcome_type"]
            self._through_action(
                "outcomes",
                row,
                lambda patient=patient, kind=kind, given=given: record_outcome(
                    by=self.by, patient=patient, outcome_type=kind, door=self.door, **given
                ),
            )
        if are_ends:
            self.people = known_people(self.cohort, self.people.index.tolist())

    def _load_draws(self) -> None:
        draws, people = self._of_people(self.rows.draws)
        results = self.rows.results[self.rows.results["draw"].isin(draws["draw"])]
        groups = people["group"].set_axis(draws["draw"])
        group = results["draw"].map(groups)
        read = read_results(results, group, self.setting)
        on_dialysis = people["group"].map({code: g.on_dialysis for code, g in self.setting.groups.items()})
        suspects = self._unusual_moment(draws, people, after_enrolment=False)
        suspects |= screens.unusual_fields(LabDraw, draws, ["dialysis", "interdialytic_gap", "laboratory"])
        suspects |= draws["dialysis"].isin(["pre", "post"]) & ~on_dialysis.astype(bool)
        suspects |= draws.duplicated(DRAW_KEY) | ~draws["study_id"].isin(self.rows.patients["study_id"])
        suspects &= draws["recorded_id"].isna()
        suspects |= draws["draw"].isin(read.odd_draws)
        plain = draws[~suspects & draws["recorded_id"].isna() & draws["draw"].isin(read.accepted["draw"])]
        plain = plain.assign(
            id=reserve_ids("draws", len(plain)),
            patient_id=people["id"][plain.index],
            occurred_time=plain["occurred_time"].mask(plain["occurred_time"] == ""),
        )
        self._copy("draws", plain)
        recorded = draws[~suspects & draws["recorded_id"].notna()].set_index("draw")["recorded_id"]
        keys = pd.concat([plain.set_index("draw")["id"].astype("Int64"), recorded])
        accepted = read.accepted[read.accepted["draw"].isin(keys.index)]
        self._copy("results", accepted.assign(draw_id=accepted["draw"].map(keys)))
        self.loaded.n_flagged += int(accepted["is_flagged"].sum())
        of_plain = read.refused["draw"].isin(draws["draw"][~suspects])
        refused = read.refused[of_plain].merge(draws[["draw", "study_id"]], on="draw")
        for row in refused.to_dict("records"):
            self._refuse_for(row, read.errors[row["reading"]], f"results.{row['analyte']}", row["text"])
        self._record_draws(draws[suspects], results)

    def _record_draws(self, draws: pd.DataFrame, results: pd.DataFrame) -> None:
        names = [name for name in COLUMNS["draws"] if name not in {"study_id", "draw", "recorded_id"}]
        reported = results[results["draw"].isin(draws["draw"])].groupby("draw")
        for row, patient in self._with_patients(draws):
            given = {name: _plain(row[name]) for name in names}
            given["occurred_time"] = given["occurred_time"] or None
            entries = (
                reported.get_group(row["draw"]).to_dict("records") if row["draw"] in reported.groups else []
            )
            values = [
                {"analyte": entry["analyte"], "value": entry["text"], "unit": entry["unit"]}
                for entry in entries
            ]
            is_recorded = self._through_action(
                "draws",
                row,
                lambda patient=patient, values=values, given=given: record_lab_draw(
                    by=self.by, patient=patient, results=values, door=self.door, **given
                ),
            )
            self.loaded.counts["results"] += len(values) if is_recorded else 0

    def _load_readings(self) -> None:
        readings, people = self._of_people(self.rows.readings)
        suspects = self._unusual_moment(readings, people, after_enrolment=False)
        suspects |= screens.unusual_fields(
            CalcificationReading, readings, ["modality", "reader", *SEGMENTS, "total_reported"]
        )
        suspects |= screens.unusual_grades(readings)
        plain = readings[~suspects].assign(
            patient_id=people["id"][~suspects], unreadable="{" + readings["unreadable"] + "}"
        )
        self._copy("readings", plain)
        for row, patient in self._with_patients(readings[suspects]):
            given = {name: _plain(row[name]) for name in (*MOMENT, "modality", "reader", "total_reported")}
            given["unreadable"] = [segment for segment in row["unreadable"].split(",") if segment]
            grades = {segment: _plain(row[segment]) for segment in SEGMENTS}
            self._through_action(
                "readings",
                row,
                lambda patient=patient, grades=grades, given=given: record_calcification(
                    by=self.by, patient=patient, segments=grades, door=self.door, **given
                ),
            )

    def _load_contacts(self) -> None:
        contacts, people = self._of_people(self.rows.contacts)
        suspects = self._unusual_moment(contacts, people, after_enrolment=False)
        suspects |= screens.unusual_fields(Contact, contacts, ["kind", "note"])
        self._copy("contacts", contacts[~suspects].assign(patient_id=people["id"][~suspects]))
        for row, patient in self._with_patients(contacts[suspects]):
            given = {name: _plain(row[name]) for name in (*MOMENT, "kind", "note")}
            self._through_action(
                "contacts",
                row,
                lambda patient=patient, given=given: record_contact(
                    by=self.by, patient=patient, door=self.door, **given
                ),
            )

    # Shared by the tables

    def _of_people(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows of people in the record, and those people; rows of strangers are refused."""
        is_known = frame["study_id"].isin(self.people.index)
        strangers = frame[~is_known & ~frame["study_id"].isin(self.refused_people)]
        message = _("There is no patient “%(value)s” in this cohort. Enrol the patient first.")
        for row in strangers.to_dict("records"):
            self._refuse(row, "study_id", message % {"value": row["study_id"]}, "unknown")
        frame = frame[is_known]
        return frame, self.people.loc[frame["study_id"]].set_axis(frame.index)

    def _unusual_moment(
        self, frame: pd.DataFrame, people: pd.DataFrame, *, after_enrolment: bool
    ) -> pd.Series:
        return screens.unusual_moment(
            frame,
            people.assign(born_on=screens.born_on(people)),
            is_relative=self.cohort.is_relative,
            needs_consent=self.setting.needs_consent,
            after_enrolment=after_enrolment,
            today=self.today,
        )

    def _with_patients(self, frame: pd.DataFrame) -> Iterable[tuple[dict[str, Any], Patient]]:
        patients = Patient.objects.select_related("cohort", "site", "group").filter(cohort=self.cohort)
        wanted = patients.filter(study_id__in=frame["study_id"].unique().tolist())
        by_id = {patient.study_id: patient for patient in wanted} if len(frame) else {}
        for row in frame.to_dict("records"):
            yield row, by_id[row["study_id"]]

    def _copy(self, table: str, frame: pd.DataFrame) -> None:
        copy_frames({table: frame})
        self.loaded.counts[table] += len(frame)

    def _through_action(self, table: str, row: dict[str, Any], act: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                act()
        except ValidationError as refusal:
            for name, errors in refusal.error_dict.items():
                for error in errors:
                    self._refuse_for(row, error, name, row.get(name))
            return False
        self.loaded.counts[table] += 1
        return True

    def _refuse_for(self, row: dict[str, Any], error: ValidationError, name: str, value: object) -> None:
        said = (error.params or {}).get("value", _plain(value))
        row = {**row, name: "" if said is None else said}
        self._refuse(row, name, " ".join(error.messages), error.code or "")

    def _refuse(self, row: dict[str, Any], name: str, message: str, code: str) -> None:
        self.loaded.refusals.append(
            Refusal(
                row=int(row["row"]) or None,
                field=name,
                value=str(row[name]),
                message=message,
                code=code,
                study_id=str(row["study_id"]),
            )
        )


def _plain(value: Any) -> Any:
    """A cell as the actions take it: a date, a number, a text, or None."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if isinstance(value, np.generic) else value
