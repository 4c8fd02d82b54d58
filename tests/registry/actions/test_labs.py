"""Lab draws: what is kept, what is asked, what is refused."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from registry.actions.labs import correct_lab_draw, correct_lab_result, record_lab_draw, remove_lab_draw
from registry.models import AuditEntry, LabDraw, LabResult, Patient
from tests.builders import (
    DAY,
    ENROLLED,
    a_contact,
    a_coordinator,
    a_draw,
    a_patient,
    a_relative_cohort,
    a_site,
    an_outcome,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return a_patient()


def entry(analyte: str = "mg", value: Any = "1.05", unit: str = "mmol/L") -> dict[str, Any]:
    return {"analyte": analyte, "value": value, "unit": unit}


def draw(patient: Patient, *results: dict[str, Any], **fields: Any) -> LabDraw:
    chosen = {"occurred_on": ENROLLED, "by": None, "door": "form"} | fields
    return record_lab_draw(patient=patient, results=results or [entry()], **chosen)


def test_a_draw_keeps_what_was_reported_beside_what_it_is(patient: Patient) -> None:
    coordinator = a_coordinator(patient.site)

    made = draw(
        patient,
        entry(value="2.4", unit="mg/dL"),
        entry("hs_crp", "<0.5", "mg/L"),
        by=coordinator,
        door="form",
        occurred_time=time(8, 30),
        dialysis="pre",
        interdialytic_gap="long",
        is_fasting=True,
    )

    kept = LabDraw.objects.get(pk=made.pk)
    assert (kept.occurred_on, kept.occurred_time, kept.interdialytic_gap) == (ENROLLED, time(8, 30), "long")
    crp, mg = kept.results.order_by("analyte_id")
    assert (mg.value, mg.reported_value, mg.reported_unit) == (Decimal("0.9874512"), "2.4", "mg/dL")
    assert (crp.value, crp.comparator, crp.reported_value) == (Decimal("0.5"), "<", "0.5")
    entries = AuditEntry.objects.filter(patient_id=patient.pk, actor=coordinator.username, door="form")
    assert sorted(entries.values_list("table_name", flat=True)) == [
        "registry_labdraw",
        "registry_labresult",
        "registry_labresult",
    ]


@pytest.mark.parametrize(
    ("results", "codes", "naming"),
    [
        ([entry(unit="g/L")], {"results.mg": "unit"}, "g/L"),
        ([entry(value="9")], {"results.mg": "hard_limit"}, "9 mmol/L"),
        ([entry(value="2.4")], {"results.mg": "soft_limit"}, "2.4 mmol/L"),
        ([entry(value="1,05")], {"results.mg": "not_a_number"}, "1,05"),
        ([entry(value="")], {"results.mg": "required"}, ""),
        ([entry("magnesium")], {"results.magnesium": "unknown"}, "magnesium"),
        ([entry("ca_x_p", "4")], {"results.ca_x_p": "not_allowed"}, "product"),
        ([entry(), entry()], {"results.mg": "duplicate"}, "“mg”"),
        ([entry() | {"note": "x"}], {"note": "not_allowed"}, "note"),
        (
            [entry(value="9"), entry("p", "9")],
            {"results.mg": "hard_limit", "results.p": "hard_limit"},
            "9 mmol/L",
        ),
    ],
)
def test_results_that_are_refused(
    patient: Patient, results: list[dict[str, Any]], codes: dict[str, str], naming: str
) -> None:
    with refused(codes, naming=naming):
        draw(patient, *results)


def test_a_draw_without_results_is_refused(patient: Patient) -> None:
    with refused({"results": "required"}):
        record_lab_draw(by=None, door="command", patient=patient, results=[], occurred_on=ENROLLED)


def test_a_confirmed_value_is_kept_with_its_mark(patient: Patient) -> None:
    unusual = (entry(value="2.4"), entry("p", "4"))

    with refused({"results.p": "soft_limit"}):
        draw(patient, *unusual, confirmed={"mg"})
    draw(patient, *unusual, confirmed=True)

    assert set(LabResult.objects.values_list("is_flagged", "is_confirmed")) == {(True, True)}


def test_a_file_cannot_answer_so_its_value_is_kept_and_flagged(patient: Patient) -> None:
    draw(patient, entry(value="2.4"), door="import")

    assert LabResult.objects.values_list("is_flagged", "is_confirmed").get() == (True, False)
    with refused({"results.mg": "hard_limit"}):
        draw(patient, entry(value="9"), door="import")


def test_confirmation_does_not_lift_a_hard_limit(patient: Patient) -> None:
    with refused({"results.mg": "hard_limit"}):
        draw(patient, entry(value="9"), confirmed=True)


def test_limits_are_those_of_the_patients_group() -> None:
    control = a_patient(group="control")

    with refused({"results.creatinine": "soft_limit"}):
        draw(control, entry("creatinine", "950", "umol/L"))
    draw(a_patient(), entry("creatinine", "950", "umol/L"))


def test_dialysis_is_of_dialysis_patients() -> None:
    control = a_patient(group="control")

    with refused({"dialysis": "not_allowed", "results.urea_post": "not_allowed"}):
        draw(control, entry("urea_post", "7"), dialysis="pre")


@pytest.mark.parametrize(
    ("fields", "code", "naming"),
    [
        ({"occurred_on": None}, "required", ""),
        ({"occurred_on": "01/02/2024"}, "invalid", "01/02/2024"),
        ({"occurred_on": date(2999, 1, 1)}, "date_order", "2999"),
        ({"occurred_on": ENROLLED - 2 * DAY}, "consent", "2024-02-28"),
        ({"occurred_on": date(1950, 1, 1)}, "date_order", "1950"),
    ],
)
def test_days_that_may_hold_no_draw(patient: Patient, fields: dict[str, Any], code: str, naming: str) -> None:
    with refused({"occurred_on": code}, naming=naming):
        draw(patient, **fields)


def test_a_draw_before_enrolment_may_be_the_baseline(patient: Patient) -> None:
    assert draw(patient, occurred_on=ENROLLED - DAY).pk


def test_time_scales_do_not_mix(patient: Patient) -> None:
    with refused({"occurred_on": "required", "occurred_months": "not_allowed"}):
        draw(patient, occurred_on=None, occurred_months=3)
    relative = a_patient(a_relative_cohort())
    with refused({"occurred_on": "not_allowed", "occurred_months": "required"}):
        draw(relative)
    assert draw(relative, occurred_on=None, occurred_months=0).pk


def test_nothing_follows_a_death_but_something_may_follow_a_transfer() -> None:
    dead, moved = a_patient(), a_patient()
    an_outcome(dead, "death_cv", days=10)
    an_outcome(moved, "transfer_out", days=10)

    assert a_draw(dead, days=10).pk
    assert a_draw(moved, days=11).pk
    for record in (a_draw, a_contact):
        with refused({"occurred_on": "date_order"}, naming="2024-03-12"):
            record(dead, days=11)


def test_a_death_known_to_the_month_leaves_the_month_open(patient: Patient) -> None:
    an_outcome(patient, "death_cv", occurred_on=date(2024, 5, 15), precision="month")

    assert draw(patient, occurred_on=date(2024, 5, 31)).pk
    with refused({"occurred_on": "date_order"}):
        draw(patient, occurred_on=date(2024, 6, 1))


def test_the_same_draw_twice_is_refused(patient: Patient) -> None:
    draw(patient, dialysis="pre")

    with refused({"occurred_on": "duplicate"}):
        draw(patient, dialysis="pre")
    assert draw(patient, dialysis="post").pk


def test_a_foreign_coordinator_may_record_correct_and_remove_nothing(patient: Patient) -> None:
    stranger, made = a_coordinator(a_site()), draw(patient)

    with pytest.raises(PermissionDenied):
        draw(patient, by=stranger)
    with pytest.raises(PermissionDenied):
        correct_lab_draw(by=stranger, draw=made, dialysis="pre", reason="x")
    with pytest.raises(PermissionDenied):
        remove_lab_draw(by=stranger, draw=made, reason="x")
    with pytest.raises(PermissionDenied):
        correct_lab_result(by=stranger, result=made.results.get(), value="1", unit="mmol/L", reason="x")
    assert LabResult.objects.get().reported_value == "1.05"


def test_a_result_is_corrected_with_its_reason(patient: Patient) -> None:
    result = draw(patient).results.get()
    asked = {"by": None, "door": "form", "result": result, "unit": "mg/dL"}

    with refused({"reason": "required"}):
        correct_lab_result(value="2.4", reason="", **asked)
    with refused({"results.mg": "soft_limit"}):
        correct_lab_result(value="9", reason="Typing error", **asked)
    correct_lab_result(value="2.4", reason="Unit was mg/dL", **asked)

    result.refresh_from_db()
    assert (result.value, result.reported_unit) == (Decimal("0.9874512"), "mg/dL")
    assert AuditEntry.objects.filter(table_name="registry_labresult").first().reason == "Unit was mg/dL"


def test_a_flagged_result_is_confirmed_as_it_stands(patient: Patient) -> None:
    result = draw(patient).results.get()
    LabResult.objects.filter(pk=result.pk).update(value=2, reported_value="2", is_flagged=True)

    correct_lab_result(by=None, result=result, value="2", unit="mmol/L", reason="Seen", confirmed=True)

    result.refresh_from_db()
    assert (result.value, result.is_flagged, result.is_confirmed) == (2, True, True)


def test_a_draw_is_corrected_and_removed(patient: Patient) -> None:
    made = draw(patient)
    asked = {"by": None, "door": "form", "draw": made}

    correct_lab_draw(occurred_on=ENROLLED + DAY, reason="Wrong day", **asked)
    assert LabDraw.objects.get().occurred_on == ENROLLED + DAY
    with refused({"occurred_on": "consent"}):
        correct_lab_draw(occurred_on=ENROLLED - 3 * DAY, reason="Wrong day", **asked)
    remove_lab_draw(reason="Another patient's", **asked)
    assert not LabResult.objects.exists()
