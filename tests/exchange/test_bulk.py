"""The bulk path decides as the ordinary actions do, row for row."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from django.core.exceptions import PermissionDenied

from registry.actions.bulk import FileRefused, Rows, load_rows, screens
from registry.models import (
    CalcificationReading,
    Consent,
    Contact,
    LabResult,
    OutcomeEvent,
    Patient,
)
from registry.models.calcification import SEGMENTS
from tests.builders import a_cohort, a_coordinator, a_patient, a_relative_cohort, a_site

pytestmark = pytest.mark.django_db

PEOPLE = 60


def _drawn(rng, n, good, odd, share=0.06):
    """n values, most of them good, some odd."""
    values = rng.choice(np.array(good, dtype=object), n)
    for place in np.flatnonzero(rng.random(n) < share):
        values[place] = odd[rng.integers(len(odd))]
    return list(values)


def _days(rng, n, first, last, odd):
    good = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal())]
    return pd.to_datetime(pd.Series(_drawn(rng, n, good, odd))).astype("datetime64[s]")


def _calendar(rng, sites, n=PEOPLE):
    """Rows of a calendar cohort, faults of every kind among them."""
    future, past = date(2999, 1, 1), date(1950, 1, 1)
    ids = pd.Series(_drawn(rng, n, [""], ["A B", "P001"], 0.03))
    people = pd.DataFrame({"row": range(2, n + 2)})
    people["study_id"] = ids.mask(ids == "", "P" + people["row"].astype("str").str.zfill(3))
    group = _drawn(rng, n, ["mhd"], ["control", "other"])
    patients = people.assign(
        site=_drawn(rng, n, [site.code for site in sites], ["XX"], 0.03),
        group=group,
        sex=_drawn(rng, n, ["male", "female"], ["", "woman"]),
        birth_year=pd.array(_drawn(rng, n, [1950, 1970], [1800, 2023, None]), dtype="Int64"),
        birth_month=pd.array(_drawn(rng, n, [3, None], [0, 13]), dtype="Int64"),
        age_reported=_drawn(rng, n, [None, "61.5"], ["121", "-1"], 0.03),
        enrolled_on=_days(rng, n, date(2023, 1, 1), date(2023, 6, 1), [future, past, None]),
        dialysis_started_on=_days(rng, n, date(2015, 1, 1), date(2022, 12, 31), [date(2023, 3, 1), None]),
        sessions_per_week=pd.array(_drawn(rng, n, [3, None], [0, 8]), dtype="Int64"),
        smoking=_drawn(rng, n, ["never", ""], ["often"]),
    )
    of = people.sample(2 * n, replace=True, random_state=int(rng.integers(1 << 30))).reset_index(drop=True)
    stranger = pd.Series(rng.random(2 * n) < 0.02)
    of["study_id"] = of["study_id"].mask(stranger, "P999")
    odd_days = [future, past, date(2023, 1, 15), None]
    when = _days(rng, 2 * n, date(2023, 6, 1), date(2025, 6, 1), odd_days)
    draws = of.assign(
        draw=range(2 * n), occurred_on=when, dialysis=_drawn(rng, 2 * n, ["unknown", "pre"], ["during"], 0.03)
    )
    results = pd.DataFrame(
        {
            "row": of["row"],
            "draw": range(2 * n),
            "analyte": _drawn(rng, 2 * n, ["mg", "sp_kt_v"], ["ca_x_p", "gold"]),
            "text": _drawn(rng, 2 * n, ["1.05", "<0.9", "2.4"], ["12", "high", ""]),
            "unit": _drawn(rng, 2 * n, [""], ["stone"], 0.03),
        }
    )
    results["unit"] = results["unit"].mask((results["unit"] == "") & (results["analyte"] == "mg"), "mmol/L")
    grades = {
        name: pd.array(_drawn(rng, 2 * n, [0, 1, 3], [4, None], 0.01), dtype="Int64") for name in SEGMENTS
    }
    readings = of.assign(
        occurred_on=when,
        **grades,
        unreadable=_drawn(rng, 2 * n, [""], ["l1_anterior", "spleen", "l1_anterior,l2_anterior"]),
        total_reported=pd.array(_drawn(rng, 2 * n, [None, 8], [25]), dtype="Int64"),
    )
    outcomes = of.assign(
        outcome_type=_drawn(rng, 2 * n, ["mi", "stroke", "death_cv", "transplant"], ["cured"]),
        occurred_on=_days(rng, 2 * n, date(2024, 1, 1), date(2025, 8, 1), odd_days),
        precision=_drawn(rng, 2 * n, ["day", "month", "year"], ["week"], 0.02),
        icd10=_drawn(rng, 2 * n, ["", "I21.4"], ["21"], 0.02),
    )
    contacts = of.assign(occurred_on=when, kind=_drawn(rng, 2 * n, ["visit"], ["letter"], 0.02))
    return {
        "patients": patients,
        "draws": draws,
        "results": results,
        "readings": readings,
        "outcomes": outcomes,
        "contacts": contacts,
    }


def _consents(rng, patients):
    signed = _days(rng, len(patients), date(2022, 12, 1), date(2022, 12, 2), [date(2023, 4, 1), None])
    consents = patients[["row", "study_id"]].assign(form_code="main", version="1")
    return consents.assign(signed_on=signed.array).dropna(subset="signed_on")


def _relative(frames):
    """The same rows with months since day 0 in place of dates, some of them left out or wrong."""
    frames = dict(frames)
    frames["patients"] = frames["patients"].assign(enrolled_on=pd.NaT, dialysis_started_on=pd.NaT)
    for table in ("draws", "readings", "outcomes", "contacts"):
        frame = frames[table]
        months = ((frame["occurred_on"] - pd.Timestamp("2023-06-01")).dt.days / 30.4).round(2)
        is_dated = frame["row"] % 17 == 0
        frames[table] = frame.assign(
            occurred_months=months.astype("str").mask(months.isna()),
            occurred_on=frame["occurred_on"].where(is_dated),
        )
    return frames


def _content(cohort):
    """Everything the record holds of a cohort, without keys."""
    of = {"patient__cohort": cohort}
    moment = ("occurred_on", "occurred_months")
    draw = ("draw__patient__study_id", "draw__occurred_on", "draw__occurred_months", "draw__dialysis")
    value = (
        "analyte",
        "value",
        "comparator",
        "reported_value",
        "reported_unit",
        "is_flagged",
        "is_confirmed",
    )
    who = "patient__study_id"
    lists = [
        Patient.objects.filter(cohort=cohort).values_list("study_id", "site", "group__code", "enrolled_on"),
        Consent.objects.filter(**of).values_list(who, "signed_on"),
        OutcomeEvent.objects.filter(**of).values_list(who, *moment, "outcome_type", "is_terminal", "icd10"),
        LabResult.objects.filter(draw__patient__cohort=cohort).values_list(*draw, *value),
        CalcificationReading.objects.filter(**of).values_list(
            who, *moment, *SEGMENTS, "unreadable", "total_reported"
        ),
        Contact.objects.filter(**of).values_list(who, *moment, "kind"),
    ]
    return [sorted(map(str, rows)) for rows in lists]


@pytest.mark.parametrize("kind", ["public_use", "written", "relative"])
def test_copied_rows_are_those_the_actions_accept_one_by_one(monkeypatch, kind):
    rng = np.random.default_rng(1)
    sites = [a_site(time_zone="Asia/Shanghai"), a_site()]
    frames = _calendar(rng, sites)
    definition = {"consent_basis": "public_use", "required_fields": ["birth_year"]}
    if kind == "written":
        definition["consent_basis"] = "written"
        frames["consents"] = _consents(rng, frames["patients"])
    if kind == "relative":
        definition |= {"time_scale": "relative", "index_date": "day_zero"}
        frames = _relative(frames)
    copied, acted = a_cohort(*sites, **definition), a_cohort(*sites, **definition)

    by_copy = load_rows(by=None, cohort=copied, door="import", blocks=[Rows(**frames)], keep_rest=True)
    for name in ("fields", "design", "enrolment", "moment", "grades"):
        monkeypatch.setattr(screens, f"unusual_{name}", _all_suspect)
    by_action = load_rows(by=None, cohort=acted, door="import", blocks=[Rows(**frames)], keep_rest=True)

    for of_copied, of_acted in zip(_content(copied), _content(acted), strict=True):
        assert of_copied == of_acted
    assert _told(by_copy) == _told(by_action)
    assert by_copy.counts == by_action.counts
    assert all(by_copy.counts[table] for table in ("patients", "draws", "readings", "outcomes", "contacts"))
    assert len({refusal.code for refusal in by_copy.refusals}) >= 5


def _all_suspect(*given, **_):
    frame = next(argument for argument in given if isinstance(argument, pd.DataFrame))
    return pd.Series(True, index=frame.index)


def _told(loaded):
    return sorted((refusal.row, refusal.field, refusal.code, refusal.message) for refusal in loaded.refusals)


def _one_patient(study_id="P1", **fields):
    return pd.DataFrame([{"row": 2, "study_id": study_id, "group": "mhd", "sex": "male", **fields}])


def test_nothing_is_written_when_one_row_is_refused_and_the_rest_is_not_to_be_kept():
    site = a_site()
    cohort = a_cohort(site, consent_basis="public_use")
    good = _one_patient(site=site.code, enrolled_on=pd.Timestamp("2023-01-01"))
    broken = good.assign(study_id="P2", sex="woman")
    with pytest.raises(FileRefused) as refused:
        load_rows(by=None, cohort=cohort, door="import", blocks=[Rows(patients=good), Rows(patients=broken)])
    assert [(refusal.study_id, refusal.field) for refusal in refused.value.refusals] == [("P2", "sex")]
    assert not cohort.patients.exists()


def test_a_row_may_tell_of_a_patient_already_enrolled():
    patient = a_patient()
    contact = pd.DataFrame(
        [{"row": 2, "study_id": patient.study_id, "occurred_on": pd.Timestamp("2024-05-01"), "kind": "phone"}]
    )
    load_rows(by=None, cohort=patient.cohort, door="import", blocks=[Rows(contacts=contact)])
    assert patient.contacts.get().kind == "phone"


def test_an_account_loads_only_what_it_may_write():
    own, foreign = a_site(), a_site()
    cohort = a_cohort(own, foreign)
    with pytest.raises(PermissionDenied):
        load_rows(by=a_coordinator(own), cohort=cohort, door="import", blocks=[])


def test_months_finer_than_the_record_keeps_are_refused_not_rounded():
    patient = a_patient(a_relative_cohort())
    contact = pd.DataFrame([{"row": 2, "study_id": patient.study_id, "occurred_months": "1.234"}])
    with pytest.raises(FileRefused) as refused:
        load_rows(by=None, cohort=patient.cohort, door="import", blocks=[Rows(contacts=contact)])
    (refusal,) = refused.value.refusals
    assert (refusal.field, refusal.value) == ("occurred_months", "1.234")


def test_a_consent_of_a_patient_already_enrolled_is_refused_not_dropped():
    patient = a_patient()
    consent = {"row": 2, "study_id": patient.study_id, "form_code": "second", "version": "1"}
    consents = pd.DataFrame([consent | {"signed_on": pd.Timestamp("2024-05-01")}])
    with pytest.raises(FileRefused, match="enrolled already"):
        load_rows(by=None, cohort=patient.cohort, door="import", blocks=[Rows(consents=consents)])


def test_a_consent_form_with_too_long_a_name_is_refused():
    site = a_site()
    signed = {"row": 2, "study_id": "P1", "form_code": "x" * 41, "version": "1"}
    rows = Rows(
        patients=_one_patient(site=site.code, enrolled_on=pd.Timestamp("2024-05-02")),
        consents=pd.DataFrame([signed | {"signed_on": pd.Timestamp("2024-05-01")}]),
    )
    with pytest.raises(FileRefused) as refused:
        load_rows(by=None, cohort=a_cohort(site), door="import", blocks=[rows])
    assert [refusal.field for refusal in refused.value.refusals] == ["form_code"]


def test_rows_joined_from_empty_frames_are_copied_clean():
    patient = a_patient()
    when = pd.to_datetime(["2024-05-01", "2024-05-02"])
    contacts = pd.DataFrame(
        {"row": [2, 3], "study_id": patient.study_id, "occurred_on": when, "note": "seen"}
    )
    joined = pd.concat([contacts.head(0), contacts.head(1), contacts.head(0), contacts.tail(1)])
    load_rows(by=None, cohort=patient.cohort, door="import", blocks=[Rows(contacts=joined)])
    assert list(patient.contacts.values_list("note", flat=True)) == ["seen", "seen"]


def test_an_empty_load_writes_nothing():
    cohort = a_cohort()
    assert not +load_rows(by=None, cohort=cohort, door="import", blocks=[Rows()]).counts
