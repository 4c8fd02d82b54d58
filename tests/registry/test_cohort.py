"""One row per patient, from the cohort's definition and from nothing else."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction

from registry.cohort import read_cohort
from registry.models import Cohort
from tests.registry.record import (
    INDEX,
    a_cohort,
    a_patient,
    drew,
    read_film,
    row,
)

pytestmark = pytest.mark.django_db(transaction=True)


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
