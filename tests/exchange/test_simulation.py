"""The simulated cohort: as the literature scenario says, the same for the same seed, and marked."""

import itertools
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from analytics.statistics.agreement import intraclass_correlations, limits_of_agreement
from registry.actions.patients import check_digit
from registry.exchange.simulation import BLOCK, load_params, simulate_cohort
from registry.models import AuditEntry, Cohort, LabResult, OutcomeEvent, Patient
from registry.models.calcification import SEGMENTS
from tests.exchange.files import record

FACTORS = {
    "mg": {"mg/dL": 0.411438},
    "ca": {"mg/dL": 0.249513},
    "p": {"mg/dL": 0.322854},
    "albumin": {"g/dL": 10.0},
    "creatinine": {"mg/dL": 88.4017},
    "urea": {"mg/dL{urea_N}": 0.356964},
    "ipth": {"pmol/L": 9.425},
    "vit_d25": {"nmol/L": 0.400647},
}
WITHOUT_FAULTS = ("wrong_unit", "decimal_shift", "swapped_group", "duplicate_draw", "post_dialysis")


def _simulated(*, patients, controls=0, draws=1, seed=7, faults=True, params=None):
    params = params or load_params()
    if not faults:
        params["laboratory"]["fault_rates"] = dict.fromkeys(WITHOUT_FAULTS, 0.0)
    study_ids = {
        site: map(f"{site}-{{}}".format, itertools.count()) for site in params["laboratory"]["units"]
    }
    size = {"patients": patients, "controls": controls, "draws": draws, "seed": seed}
    return list(simulate_cohort(params, FACTORS, study_ids, **size))


def _values(rows):
    """Results of a block in the analytes' own units, a row a patient; at the limit where below detection."""
    results = rows.results.merge(rows.draws[["draw", "study_id"]], on="draw")
    factor = [
        FACTORS.get(analyte, {}).get(unit, 1.0)
        for analyte, unit in zip(results["analyte"], results["unit"], strict=True)
    ]
    results["value"] = results["text"].str.lstrip("<").astype(float) * factor
    return results.pivot(index="study_id", columns="analyte", values="value")


@pytest.fixture(scope="module")
def large():
    """20,000 patients and 10,000 controls without faults."""
    return _simulated(patients=2 * BLOCK, controls=BLOCK, faults=False)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    first, again = (_simulated(patients=60, controls=30, draws=5) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        for table, frame in vars(one).items():
            pd.testing.assert_frame_equal(frame, getattr(other, table))
    other = _simulated(patients=60, controls=30, draws=5, seed=8)
    assert not first[0].results["text"].equals(other[0].results["text"])


def test_a_block_depends_on_the_seed_and_its_number_alone():
    alone = _simulated(patients=40, controls=30)[1]
    after_more = _simulated(patients=90, controls=30)[1]
    pd.testing.assert_frame_equal(alone.results.drop(columns="row"), after_more.results.drop(columns="row"))


def test_margins_are_those_of_the_literature(large):
    mhd, control = _values(large[0]), _values(large[2])
    assert mhd["mg"].mean() == pytest.approx(1.08, abs=0.01)
    assert mhd["mg"].std() == pytest.approx(0.155, abs=0.005)
    assert control["mg"].mean() == pytest.approx(0.885, abs=0.005)
    assert mhd["p"].median() == pytest.approx(1.85, rel=0.02)
    assert mhd["ipth"].median() == pytest.approx(269, rel=0.05)
    assert control["ipth"].median() == pytest.approx(31.2, rel=0.05)
    assert mhd["hs_crp"].median() == pytest.approx(4.5, rel=0.05)


@pytest.mark.parametrize("pair", ["mg-ca", "mg-p", "p-ipth", "ca-vit_d25", "mg-ipth", "vit_d25-bmp7"])
def test_correlations_are_those_expected_within_each_group(large, pair):
    expected = load_params()["expected"]["pearson_200k"][pair]
    first, second = pair.split("-")
    for rows, group in ((large[0], "mhd"), (large[2], "control")):
        values = _values(rows)
        assert values[first].corr(values[second]) == pytest.approx(expected[group], abs=0.04)


def test_calcification_is_spread_over_its_walls_and_adds_up_as_it_should(large):
    params = load_params()
    for rows, group in ((large[0], "mhd"), (large[2], "control")):
        readings = rows.readings[
            (rows.readings["unreadable"] == "") & (rows.readings["reader"] == "simulated")
        ]
        total = readings[list(SEGMENTS)].sum(axis=1)
        probabilities = np.array(params["groups"][group]["aac24_probabilities"])
        assert (total == 0).mean() == pytest.approx(probabilities[0], abs=0.02)
        assert total.mean() == pytest.approx(probabilities @ np.arange(25), rel=0.05)
    affected = readings[total > 0][list(SEGMENTS)].mean()
    assert affected["l4_posterior"] > affected["l1_posterior"] > affected["l1_anterior"]


def test_a_second_reader_agrees_with_the_first_as_well_as_readers_do(large):
    readings = large[0].readings[large[0].readings["unreadable"] == ""]
    total = readings.assign(total=readings[list(SEGMENTS)].sum(axis=1))
    both = total.pivot(index="study_id", columns="reader", values="total").dropna().to_numpy(dtype=float)
    assert len(both) / BLOCK == pytest.approx(0.5 * 0.94, abs=0.02)
    assert intraclass_correlations(both).forms[1].estimate == pytest.approx(0.91, abs=0.01)
    limits = limits_of_agreement(*both.T)
    assert limits.bias == pytest.approx(0, abs=0.2)
    assert 4.7 < limits.upper < 9.4
    assert large[0].readings[list(SEGMENTS)].max().max() == 3


def test_the_second_reader_leaves_what_else_the_seed_gives_as_it_was():
    (rows,) = _simulated(patients=80, draws=5)
    params = load_params()
    params["second_reading"]["share"] = 0.0
    (alone,) = _simulated(patients=80, draws=5, params=params)
    first = rows.readings[rows.readings["reader"] == "simulated"]
    pd.testing.assert_frame_equal(first.reset_index(drop=True), alone.readings.reset_index(drop=True))
    pd.testing.assert_frame_equal(rows.results, alone.results)
    pd.testing.assert_frame_equal(rows.outcomes, alone.outcomes)


def test_follow_up_ends_as_often_by_each_cause_as_expected(large):
    expected = load_params()["expected"]["final_status_share"]
    outcomes = pd.concat([rows.outcomes for rows in large[:2]])
    shares = outcomes["outcome_type"].value_counts() / (2 * BLOCK)
    for code in ("death_cv", "death_non_cv", "transplant", "transfer_out", "lost", "recovery"):
        assert shares[code] == pytest.approx(expected[code], abs=0.01)
    # Changing to peritoneal dialysis ends nothing here: those patients are followed on.
    assert shares["admin_end"] == pytest.approx(expected["admin_end"] + expected["switch_pd"], abs=0.02)


def test_nothing_happens_after_the_end_of_follow_up_or_before_enrolment():
    (rows,) = _simulated(patients=500, draws=9)
    events = ["mi", "stroke", "hf_hospitalisation", "pad_event", "switch_pd"]
    is_end = ~rows.outcomes["outcome_type"].isin(events)
    ends = rows.outcomes[is_end].set_index("study_id")["occurred_on"]
    assert ends.index.is_unique
    assert len(ends) == 500
    enrolled = rows.patients.set_index("study_id")["enrolled_on"]
    for frame in (rows.draws, rows.readings, rows.outcomes):
        assert (frame["occurred_on"] <= frame["study_id"].map(ends)).all()
        assert (frame["occurred_on"] >= frame["study_id"].map(enrolled)).all()
    started = rows.patients["dialysis_started_on"].dropna()
    assert (started < rows.patients.loc[started.index, "enrolled_on"]).all()
    assert (started.dt.year >= rows.patients.loc[started.index, "birth_year"]).all()
    assert ends.max() == pd.Timestamp("2025-04-30")


def test_serial_values_vary_within_a_person_as_much_as_said():
    (rows,) = _simulated(patients=3000, draws=2, faults=False)
    results = rows.results.merge(rows.draws[["draw", "study_id", "occurred_on"]], on="draw")
    calcium = results[(results["analyte"] == "ca") & (results["unit"] == "mmol/L")]
    pairs = calcium.sort_values("occurred_on").groupby("study_id")["text"].agg(list)
    first, second = np.log(np.array(pairs[pairs.map(len) == 2].tolist(), dtype=float)).T
    # From the first value, drawn anew with weight sqrt(1 - 0.5²).
    assert np.std(second - first) == pytest.approx(0.038 * np.sqrt(0.75), rel=0.08)


def test_each_analyte_is_drawn_by_its_own_schedule():
    (rows,) = _simulated(patients=200, draws=5, faults=False)
    visits = rows.results.merge(rows.draws[["draw", "study_id"]], on="draw")
    most = visits.groupby(["analyte", "study_id"]).size().groupby("analyte").max()
    assert {code: most[code] for code in ("ca", "ipth", "vit_d25", "bmp7", "cholesterol")} == {
        "ca": 5,
        "ipth": 3,
        "vit_d25": 2,
        "bmp7": 1,
        "cholesterol": 1,
    }


def test_values_are_missing_and_below_detection_as_often_as_said(large):
    rows = large[0]
    n = len(rows.draws)
    said = rows.results.groupby("analyte")["text"]
    assert said.size()["bmp7"] / n == pytest.approx(0.7, abs=0.02)
    assert said.size()["albumin"] == n
    assert (
        rows.results.loc[rows.results["text"].str.startswith("<"), "analyte"].isin(["hs_crp", "bmp7"]).all()
    )
    assert (rows.results["text"] == "<0.2").any()


@pytest.mark.django_db
def test_the_command_makes_a_marked_cohort_whose_faults_stay_outside(django_capture_on_commit_callbacks):
    out = StringIO()
    call_command("simulate", cohort="east", patients=400, controls=40, draws=3, seed=5, list=500, stdout=out)
    said = out.getvalue()
    cohort = Cohort.objects.get(slug="east")
    assert cohort.is_simulated
    assert (cohort.consent_basis, cohort.plan) == ("simulated", "mhd")
    assert cohort.patients.count() == 440
    assert cohort.patients.filter(group__on_dialysis=True).count() == pytest.approx(400, abs=3)
    assert OutcomeEvent.objects.filter(patient__cohort=cohort, is_terminal=True).count() == 440
    assert "(hard_limit)" in said
    assert "(duplicate)" in said
    for result in LabResult.objects.filter(draw__patient__cohort=cohort).select_related("analyte"):
        assert result.analyte.hard_min <= result.value <= result.analyte.hard_max
    assert LabResult.objects.filter(comparator="<", analyte="hs_crp", reported_value="0.2").exists()
    assert LabResult.objects.filter(reported_unit="pmol/L", analyte="ipth").exists()
    assert LabResult.objects.filter(is_flagged=True, is_confirmed=False).exists()
    site, digits, check = Patient.objects.filter(cohort=cohort).first().study_id.split("-")
    assert site in {"SIMA", "SIMB", "SIMC"}
    assert int(check) == check_digit(digits)
    entry = AuditEntry.objects.filter(table_name="registry_labdraw", cohort_id=cohort.pk).first()
    assert (entry.door, entry.reason) == ("command", "Simulated with seed 5")


@pytest.mark.django_db
def test_a_simulation_never_adds_to_a_cohort_that_is_there():
    call_command("simulate", cohort="east", patients=3, seed=5, stdout=StringIO())
    before = record()
    with pytest.raises(CommandError, match="There is a cohort “east” already"):
        call_command("simulate", cohort="east", patients=3, seed=5)
    assert record() == before


@pytest.mark.parametrize(("option", "value"), [("patients", -1), ("draws", 0), ("seed", -1)])
def test_impossible_numbers_are_refused(option, value):
    with pytest.raises(CommandError, match=f"--{option} {value}"):
        call_command("simulate", **({"cohort": "east", "patients": 1, "seed": 1} | {option: value}))
