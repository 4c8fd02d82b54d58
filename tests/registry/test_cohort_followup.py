"""Whom a cohort's table holds, and how long each is followed."""

from datetime import timedelta

import pandas as pd
import pytest

from registry.cohort import read_cohort
from tests.registry.record import (
    INDEX,
    MONTH,
    a_cohort,
    a_patient,
    consented,
    drew,
    happened,
    row,
    was_seen,
)

pytestmark = pytest.mark.django_db(transaction=True)


class TestFollowUp:
    def test_a_terminal_event_ends_it(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        happened(patient, 100, "mi")
        happened(patient, 365, "death_cv", is_terminal=True)
        found = row(read_cohort(cohort))
        assert (found["terminal_status"], found["follow_up_months"], found["n_mi"]) == (
            "death_cv",
            365 / MONTH,
            1,
        )

    def test_while_followed_it_goes_to_the_last_sign_of_life(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        was_seen(patient, 90)
        drew(patient, 180, mg="1.0")
        found = row(read_cohort(cohort))
        assert (found["terminal_status"], found["follow_up_months"]) == ("", 180 / MONTH)

    def test_who_was_never_seen_again_has_no_status(self):
        a_patient(cohort := a_cohort(), "ND-1")
        found = row(read_cohort(cohort))
        assert pd.isna(found["terminal_status"])
        assert found["follow_up_months"] == 0

    def test_nothing_counts_after_the_data_lock(self):
        cohort = a_cohort(data_lock_on=INDEX + timedelta(days=200))
        patient = a_patient(cohort, "ND-1")
        happened(patient, 150, "stroke")
        happened(patient, 250, "stroke")
        happened(patient, 300, "death_cv", is_terminal=True)
        found = row(read_cohort(cohort))
        assert (found["terminal_status"], found["follow_up_months"]) == ("", 200 / MONTH)
        assert found["n_stroke"] == 1

    def test_the_longest_follow_up_caps_it(self):
        cohort = a_cohort(follow_up_months=12)
        happened(a_patient(cohort, "ND-1"), 400, "death_cv", is_terminal=True)
        happened(a_patient(cohort, "ND-2"), 300, "death_cv", is_terminal=True)
        frame = read_cohort(cohort).frame
        assert list(frame["terminal_status"]) == ["", "death_cv"]
        assert frame["follow_up_months"][0] == pytest.approx(12, abs=1e-12)

    def test_events_before_the_index_date_are_history(self):
        cohort = a_cohort()
        patient = a_patient(cohort, "ND-1")
        happened(patient, -10, "mi")
        was_seen(patient, 30)
        assert row(read_cohort(cohort))["n_mi"] == 0


class TestRelativeTime:
    def test_months_since_day_0_are_used_as_they_are(self):
        cohort = a_cohort(time_scale="relative", index_date="day_zero", baseline_days_after=31)
        patient = a_patient(cohort, "ND-1", age_reported="71.00")
        drew(patient, 1.0, p="1.10")
        drew(patient, 1.1, ca="2.20")
        happened(patient, 73.0, "death_cv", is_terminal=True)
        table = read_cohort(cohort)
        found = row(table)
        assert (found["p"], found["follow_up_months"], found["terminal_status"]) == (1.10, 73.0, "death_cv")
        assert "ca" not in table.frame
        assert table.exclusions == ()

    def test_without_a_contact_nothing_is_known_of_a_person(self):
        cohort = a_cohort(time_scale="relative", index_date="day_zero")
        drew(a_patient(cohort, "ND-1"), 0, p="1.10")
        assert pd.isna(row(read_cohort(cohort))["terminal_status"])


class TestConsent:
    def test_written_consent_is_needed_where_the_cohort_rests_on_it(self):
        cohort = a_cohort(consent_basis="written")
        consented(a_patient(cohort, "ND-1"))
        a_patient(cohort, "ND-2")
        table = read_cohort(cohort)
        assert list(table.frame["study_id"]) == ["ND-1"]
        assert (table.n_enrolled, table.exclusions) == (2, (("no_consent", 1),))

    def test_what_came_after_consent_ended_is_not_used_and_is_counted(self):
        cohort = a_cohort(consent_basis="written")
        patient = a_patient(cohort, "ND-1")
        consented(patient, withdrawn_after=20)
        drew(patient, 21, mg="1.10")
        happened(patient, 20, "mi")
        happened(patient, 21, "stroke")
        happened(patient, 60, "death_cv", is_terminal=True)
        table = read_cohort(cohort)
        found = row(table)
        assert dict(table.exclusions) == {"event_after_consent": 2, "measurement_after_consent": 1}
        assert "mg" not in table.frame
        assert (found["n_mi"], found["n_stroke"]) == (1, 0)
        assert (found["terminal_status"], found["follow_up_months"]) == ("withdrew_consent", 20 / MONTH)

    def test_a_second_form_that_stands_keeps_consent(self):
        cohort = a_cohort(consent_basis="written")
        patient = a_patient(cohort, "ND-1")
        consented(patient, withdrawn_after=5)
        consented(patient)
        happened(patient, 60, "death_cv", is_terminal=True)
        assert row(read_cohort(cohort))["terminal_status"] == "death_cv"


class TestExclusions:
    def test_each_patient_left_out_is_counted_once_by_reason(self):
        cohort = a_cohort(index_date="dialysis_start", data_lock_on=INDEX)
        a_patient(cohort, "no date")
        a_patient(cohort, "kept", dialysis_started_on=INDEX)
        tomorrow = INDEX + timedelta(days=1)
        a_patient(cohort, "too late", dialysis_started_on=tomorrow, enrolled_on=tomorrow)
        early = a_patient(cohort, "withdrew", dialysis_started_on=INDEX)
        consented(early)
        early.consents.update(signed_on=INDEX - timedelta(days=9), withdrawn_on=INDEX - timedelta(days=1))
        table = read_cohort(cohort)
        assert list(table.frame["study_id"]) == ["kept"]
        assert dict(table.exclusions) == {
            "index_after_lock": 1,
            "no_index_date": 1,
            "withdrawn_before_index": 1,
        }
        assert table.n_enrolled == 4

    def test_who_had_left_before_the_index_date_is_out(self):
        cohort = a_cohort()
        happened(a_patient(cohort, "ND-1"), -3, "transplant", is_terminal=True)
        assert read_cohort(cohort).exclusions == (("ended_before_index", 1),)
