"""One row per patient, from the cohort's definition and from nothing else."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from django.db import connection, transaction

from registry.cohort import CohortTable, read_cohort
from registry.models import Cohort
from tests.registry.record import (
    INDEX,
    a_cohort,
    a_patient,
    consented,
    drew,
    happened,
    read_film,
    was_seen,
)

pytestmark = pytest.mark.django_db(transaction=True)

MONTH = 30.4375


def row(table: CohortTable, study_id: str = "ND-1") -> pd.Series:
    return table.frame.set_index("study_id").loc[study_id]


def test_an_empty_cohort_gives_an_empty_table_with_its_columns():
    table = read_cohort(a_cohort())
    assert table.frame.empty
    assert {"study_id", "age", "aac24", "terminal_status", "follow_up_months", "n_mi"} <= set(
        table.frame.columns
    )
    assert (table.n_enrolled, table.exclusions) == (0, ())


def test_patients_come_by_study_number_whatever_the_order_of_entry():
    cohort = a_cohort()
    for study_id in ("b", "A", "a", "B"):
        a_patient(cohort, study_id)
    assert list(read_cohort(cohort).frame["study_id"]) == ["A", "B", "a", "b"]


def test_patients_of_another_cohort_are_not_read():
    cohort, other = a_cohort(), a_cohort("other")
    drew(a_patient(other, "ND-1"), 0, mg="1.0")
    a_patient(cohort, "ND-1")
    table = read_cohort(cohort)
    assert table.n_enrolled == 1
    assert "mg" not in table.frame


class TestBaseline:
    def test_the_value_nearest_to_the_index_date_counts(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        drew(patient, -20, mg="0.90")
        drew(patient, 9, mg="1.10")
        assert row(read_cohort(cohort))["mg"] == 1.10

    def test_of_two_as_near_the_earlier_counts(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        drew(patient, 7, mg="1.10")
        drew(patient, -7, mg="0.90")
        assert row(read_cohort(cohort))["mg"] == 0.90

    def test_each_analyte_has_its_own_nearest_draw(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        drew(patient, 0, mg="0.90")
        drew(patient, 5, mg="1.10", ca="2.25")
        found = row(read_cohort(cohort))
        assert (found["mg"], found["ca"]) == (0.90, 2.25)

    @pytest.mark.parametrize(("day", "is_read"), [(-31, False), (-30, True), (14, True), (15, False)])
    def test_the_window_includes_its_ends_and_nothing_beyond(self, day, is_read):
        cohort = a_cohort(baseline_days_before=30, baseline_days_after=14)
        drew(a_patient(cohort, "ND-1"), day, mg="0.90")
        assert ("mg" in read_cohort(cohort).frame) is is_read

    def test_a_draw_after_dialysis_gives_no_baseline_except_for_what_is_measured_after_it(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        drew(patient, 0, dialysis="post", p="0.80", urea_post="7.0")
        drew(patient, 3, dialysis="unknown", p="1.90")
        found = row(read_cohort(cohort))
        assert (found["p"], found["urea_post"]) == (1.90, 7.0)

    def test_a_value_below_detection_keeps_its_comparator_beside_it(self):
        cohort = a_cohort()
        drew(a_patient(cohort, "ND-1"), 0, hs_crp="<0.2")
        drew(a_patient(cohort, "ND-2"), 0, hs_crp="4.1")
        frame = read_cohort(cohort).frame
        assert list(frame["hs_crp"]) == [0.2, 4.1]
        assert list(frame["hs_crp_limit"]) == ["<", ""]

    def test_a_value_is_the_double_nearest_to_what_was_stored(self):
        cohort = a_cohort()
        drew(a_patient(cohort, "ND-1"), 0, ca="2.245617000001")
        assert row(read_cohort(cohort))["ca"] == float("2.245617000001")


class TestDerived:
    def test_inputs_come_from_one_draw(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        drew(patient, 0, ca="2.00")
        drew(patient, 2, ca="2.50", p="2.00")
        found = row(read_cohort(cohort))
        assert (found["ca"], found["p"], found["ca_x_p"]) == (2.00, 2.00, 5.00)

    def test_no_draw_with_all_inputs_no_value(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        drew(patient, 0, ca="2.00")
        drew(patient, 2, p="2.00")
        assert np.isnan(row(read_cohort(cohort))["ca_x_p"])

    def test_a_limit_of_detection_is_not_calculated_with(self):
        drew(a_patient(cohort := a_cohort(), "ND-1"), 0, ca="2.00", p="<0.10")
        assert np.isnan(row(read_cohort(cohort))["ca_x_p"])


class TestCharacteristics:
    def test_age_is_reckoned_from_the_middle_of_what_is_known_of_the_birth(self):
        cohort = a_cohort()
        a_patient(cohort, "ND-1", birth_year=1960)
        a_patient(cohort, "ND-2", birth_year=1960, birth_month=12)
        ages = read_cohort(cohort).frame["age"]
        assert ages.round(1).tolist() == [63.5, 63.0]

    def test_a_reported_age_stands(self):
        a_patient(cohort := a_cohort(), "ND-1", birth_year=1960, age_reported="61.0")
        assert row(read_cohort(cohort))["age"] == 61.0

    def test_vintage_counts_from_the_start_of_dialysis(self):
        a_patient(cohort := a_cohort(), "ND-1", dialysis_started_on=INDEX - timedelta(days=487))
        assert row(read_cohort(cohort))["vintage_months"] == 16.0

    def test_unknown_and_not_recorded_are_both_missing(self):
        a_patient(
            cohort := a_cohort(), "ND-1", sex="unknown", smoking="unknown", diabetes="", hypertension="no"
        )
        found = row(read_cohort(cohort))
        assert found[["sex", "smoking", "diabetes"]].isna().all()
        assert found["hypertension"] == "no"


class TestCalcification:
    def test_own_readings_are_summed_and_a_reported_total_stands(self):
        cohort = a_cohort()
        read_film(a_patient(cohort, "ND-1"), 0, 0, 0, 1, 0, 2, 1, 3, 3)
        read_film(a_patient(cohort, "ND-2"), 0, 0, 0, 0, 0, 0, 0, 1, 1, total=4)
        frame = read_cohort(cohort).frame
        assert list(frame["aac24"]) == [10, 4]
        assert list(frame["l4_posterior"]) == [3, 1]

    def test_a_reading_with_a_segment_missing_gives_no_partial_sum(self):
        patient = a_patient(cohort := a_cohort(), "ND-1")
        read_film(patient, 0, 0, 0, 1, 0, 2, 1, 3, None)
        assert np.isnan(row(read_cohort(cohort))["aac24"])
        read_film(patient, 10, 0, 0, 1, 0, 2, 1, 3, 0)
        assert row(read_cohort(cohort))["aac24"] == 7


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


class TestSnapshot:
    def test_the_table_says_from_which_snapshot_and_definition_it_came(self):
        table = read_cohort(a_cohort(follow_up_months=60))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(%s::pg_snapshot) IS NOT NULL", [table.snapshot])
            assert cursor.fetchone() == (True,)
        assert table.definition["follow_up_months"] == 60.0
        assert table.definition["index_date"] == Cohort.IndexDate.ENROLMENT

    def test_it_cannot_be_read_inside_a_transaction_whose_snapshot_it_would_not_choose(self):
        cohort = a_cohort()
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            read_cohort(cohort)

    def test_the_number_of_queries_does_not_grow_with_the_patients(self, django_assert_max_num_queries):
        cohort = a_cohort()
        for number in range(20):
            drew(a_patient(cohort, f"ND-{number}"), 0, mg="1.0")
        with django_assert_max_num_queries(12):
            read_cohort(cohort)
