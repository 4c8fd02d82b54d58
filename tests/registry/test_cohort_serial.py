"""One row per draw and per reading, within follow-up, with each patient's row in the cohort's table."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.cohort import read_cohort
from registry.models import CalcificationReading, Cohort
from tests.registry.record import (
    INDEX,
    MONTH,
    a_cohort,
    a_patient,
    consented,
    drew,
    happened,
    read_film,
    was_seen,
)

pytestmark = pytest.mark.django_db(transaction=True)


def draws(cohort: Cohort) -> pd.DataFrame:
    found = read_cohort(cohort, serial=["draws"]).draws
    assert found is not None
    return found


def readings(cohort: Cohort) -> pd.DataFrame:
    found = read_cohort(cohort, serial=["readings"]).readings
    assert found is not None
    return found


def told(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


class TestDraws:
    def test_they_are_read_only_when_asked_for(self) -> None:
        drew(a_patient(cohort := a_cohort(), "ND-1"), 0, mg="0.90")
        with CaptureQueriesContext(connection) as usual:
            table = read_cohort(cohort)
        assert (table.draws, table.readings) == (None, None)
        with CaptureQueriesContext(connection) as more:
            read_cohort(cohort, serial=["draws"])
        # The draws themselves are copied past the log.
        assert len(more) == len(usual) + 1

    def test_a_row_a_draw_in_the_order_of_the_table_and_of_time(self) -> None:
        cohort = a_cohort()
        later, earlier = a_patient(cohort, "ND-2"), a_patient(cohort, "ND-1")
        drew(later, 0, mg="0.80")
        drew(earlier, 61, mg="1.10", ca="2.20", p="2.00")
        drew(earlier, -20, mg="0.90")
        found = draws(cohort)
        assert told(found, "patient", "mg") == [(0, 0.90), (0, 1.10), (1, 0.80)]
        assert found["months"].tolist() == [-20 / MONTH, 61 / MONTH, 0.0]
        assert found["ca_x_p"].tolist() == pytest.approx([np.nan, 4.40, np.nan], nan_ok=True)

    def test_before_the_window_and_after_follow_up_there_is_none(self) -> None:
        cohort = a_cohort(data_lock_on=INDEX + pd.Timedelta(days=400), follow_up_months=10)
        patient = a_patient(cohort, "ND-1")
        for day, mg in ((-31, "0.70"), (-30, "0.71"), (300, "0.72"), (310, "0.73"), (500, "0.74")):
            drew(patient, day, mg=mg)
        assert draws(cohort)["mg"].tolist() == [0.71, 0.72]

    def test_what_is_dated_after_death_or_consent_is_not_read(self) -> None:
        cohort = a_cohort(consent_basis="written")
        dead, withdrawn = a_patient(cohort, "ND-1"), a_patient(cohort, "ND-2")
        consented(dead)
        consented(withdrawn, withdrawn_after=50)
        happened(dead, 40, "death_cv", is_terminal=True)
        for patient in (dead, withdrawn):
            for day, mg in ((0, "0.80"), (40, "0.90"), (60, "1.00")):
                drew(patient, day, mg=mg)
        assert told(draws(cohort), "patient", "mg") == [(0, 0.80), (0, 0.90), (1, 0.80), (1, 0.90)]

    def test_a_patient_left_out_of_the_table_is_left_out_here(self) -> None:
        cohort = a_cohort(consent_basis="written")
        drew(a_patient(cohort, "ND-1"), 0, mg="0.80")
        second = a_patient(cohort, "ND-2")
        consented(second)
        drew(second, 0, mg="0.90")
        assert told(draws(cohort), "patient", "mg") == [(0, 0.90)]

    def test_after_dialysis_only_what_is_measured_then(self) -> None:
        patient = a_patient(cohort := a_cohort(), "ND-1")
        drew(patient, 0, dialysis="post", p="0.80")
        drew(patient, 30, dialysis="post", p="0.80", urea_post="7.0")
        found = draws(cohort)
        assert list(found.columns) == ["patient", "months", "urea_post"]
        assert len(found) == 1

    def test_a_limit_of_detection_is_kept_beside_and_not_calculated_with(self) -> None:
        patient = a_patient(cohort := a_cohort(), "ND-1")
        drew(patient, 0, ca="2.00", p="<0.10")
        drew(patient, 30, ca="2.00", p="1.50")
        found = draws(cohort)
        assert found["p_limit"].tolist() == ["<", ""]
        assert found["ca_x_p"].tolist() == pytest.approx([np.nan, 3.00], nan_ok=True)

    def test_a_cohort_in_months_counts_them_as_they_stand(self) -> None:
        patient = a_patient(cohort := a_cohort(time_scale="relative", index_date="day_zero"), "ND-1")
        drew(patient, 0, mg="0.80")
        drew(patient, 6, mg="0.90")
        assert told(draws(cohort), "months", "mg") == [(0.0, 0.80), (6.0, 0.90)]

    def test_none_gives_an_empty_table(self) -> None:
        a_patient(cohort := a_cohort(), "ND-1")
        assert draws(cohort).empty
        assert readings(cohort).empty


class TestReadings:
    def test_every_reading_with_its_reader_total_and_walls(self) -> None:
        patient = a_patient(cohort := a_cohort(), "ND-1")
        read_film(patient, 0, 0, 1, 0, 1, 1, 2, 1, 3)
        read_film(patient, 0, 0, 1, 0, 1, 1, 2, 1, None)
        read_film(patient, 365, total=12)
        for number, reading in enumerate(CalcificationReading.objects.order_by("pk")):
            CalcificationReading.objects.filter(pk=reading.pk).update(reader=["LW", "", "ZH"][number])
        was_seen(patient, 400)
        found = readings(cohort)
        assert found["aac24"].tolist() == pytest.approx([9, np.nan, 12], nan_ok=True)
        assert found["l4_posterior"].tolist() == pytest.approx([3, np.nan, np.nan], nan_ok=True)
        assert found["reader"].isna().tolist() == [False, True, False]
        assert found["months"].tolist() == [0.0, 0.0, 365 / MONTH]
        assert set(found["modality"]) == {"unknown"}
