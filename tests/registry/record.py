"""A small record for tests that read cohorts, written row by row."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

from registry.cohort import CohortTable
from registry.models import (
    CalcificationReading,
    Cohort,
    CohortGroup,
    Consent,
    Contact,
    LabDraw,
    LabResult,
    OutcomeEvent,
    Patient,
    Site,
)
from registry.models.calcification import SEGMENTS

INDEX = date(2024, 1, 1)
MONTH = 30.4375
"""Days."""


def a_cohort(slug: str = "mhd", **fields: Any) -> Cohort:
    """A cohort with one site and the groups mhd and control; in calendar time and simulated by default."""
    cohort = Cohort.objects.create(slug=slug, name=slug, **{"consent_basis": "simulated", **fields})
    site, _ = Site.objects.get_or_create(code="ND", defaults={"name": "North"})
    cohort.sites.add(site)
    CohortGroup.objects.create(cohort=cohort, code="mhd", name="MHD", limits="mhd", on_dialysis=True)
    CohortGroup.objects.create(cohort=cohort, code="control", name="Controls", limits="control", position=1)
    return cohort


def a_patient(cohort: Cohort, study_id: str, *, group: str = "mhd", **fields: Any) -> Patient:
    """A patient of the cohort's first site, enrolled on the index day."""
    if not cohort.is_relative:
        fields = {"enrolled_on": INDEX, **fields}
    return Patient.objects.create(
        cohort=cohort,
        site=cohort.sites.get(),
        group=cohort.groups.get(code=group),
        study_id=study_id,
        **{"sex": "female", **fields},
    )


def at(patient: Patient, when: float) -> dict[str, Any]:
    """Days from the index day in a calendar cohort, months since day 0 in a relative one."""
    if patient.cohort.is_relative:
        return {"patient": patient, "occurred_months": when}
    return {"patient": patient, "occurred_on": INDEX + timedelta(days=when)}


def drew(patient: Patient, when: float, *, dialysis: str = "pre", **values: str) -> LabDraw:
    """A draw with its results; "<0.2" is below the limit of detection."""
    draw = LabDraw.objects.create(**at(patient, when), dialysis=dialysis)
    LabResult.objects.bulk_create(
        LabResult(
            draw=draw,
            analyte_id=analyte,
            value=value.lstrip("<>="),
            comparator=value[: len(value) - len(value.lstrip("<>="))],
            reported_value=value,
            reported_unit="mmol/L",
        )
        for analyte, value in values.items()
    )
    return draw


def read_film(patient: Patient, when: float, *grades: int | None, total: int | None = None) -> None:
    """A calcification reading from its eight grades, or from a published total alone."""
    segments = dict(zip(SEGMENTS, grades, strict=True)) if grades else {}
    CalcificationReading.objects.create(**at(patient, when), **segments, total_reported=total)


def happened(patient: Patient, when: float, outcome: str, *, is_terminal: bool = False) -> None:
    """An event, or the end of follow-up."""
    OutcomeEvent.objects.create(**at(patient, when), outcome_type_id=outcome, is_terminal=is_terminal)


def was_seen(patient: Patient, when: float) -> None:
    """A follow-up contact."""
    Contact.objects.create(**at(patient, when))


def consented(patient: Patient, *, withdrawn_after: int | None = None) -> None:
    """A form signed on the index day, and withdrawn so many days later."""
    Consent.objects.create(
        patient=patient,
        form_code="A",
        version="1",
        signed_on=INDEX,
        withdrawn_on=None if withdrawn_after is None else INDEX + timedelta(days=withdrawn_after),
    )


def row(table: CohortTable, study_id: str = "ND-1") -> pd.Series:
    """A patient's row."""
    return table.frame.set_index("study_id").loc[study_id]
