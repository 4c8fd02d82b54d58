"""Files with a result a row, and spreadsheets kept by hand."""

import json

import pytest
from django.core.management.base import CommandError

from registry.models import (
    LabDraw,
    LabResult,
)
from tests.exchange.files import DATA, MAPPING, a_csv, a_mapping, record, rows, run_import

pytestmark = pytest.mark.django_db


def _cdisc(tmp_path, unit):
    codes = {"ALB": "albumin", "ALP": "alp", "CA": "ca", "PHOS": "p", "CREAT": "creatinine", "K": "potassium"}
    result = {
        "analyte": {"column": "LBTESTCD", "codes": codes | {"BUN": "urea", "BILI": None}},
        "value": {"column": "LBORRES"},
        "unit": unit,
    }
    return a_mapping(
        tmp_path,
        layout="results",
        cohort=MAPPING["cohort"] | {"consent_basis": "public_use", "required_fields": []},
        patient={
            "study_id": {"column": "USUBJID"},
            "site": "ND",
            "group": "mhd",
            "sex": "unknown",
            "enrolled_on": "2012-07-01",
        },
        consent={"form_code": "main", "version": "1", "signed_on": "2012-06-01"},
        draws=[
            {
                "occurred_on": {"column": "LBDTC"},
                "occurred_time": {"column": "LBDTC"},
                "results": [result],
            }
        ],
        calcification=[],
        outcomes=[],
    )


def test_a_table_of_results_becomes_draws_and_what_is_left_out_is_counted(tmp_path):
    units = {"BUN/mg/dL": "mg/dL{urea_N}", "BILI/mg/dL": "mg/dL", "ALP/U/L": "U/L", "K/mEq/L": "mEq/L"}
    units |= {"ALB/g/dL": "g/dL"} | {f"{test}/mg/dL": "mg/dL" for test in ("CA", "PHOS", "CREAT")}
    unit = {"columns": ["LBTESTCD", "LBORRESU"], "codes": units}
    said = run_import(DATA / "cdisc_pilot_lb.csv", "--mapping", _cdisc(tmp_path, unit))
    assert "34 rows read" in said
    assert "6 left out: results of analytes the mapping leaves out." in said
    assert LabResult.objects.count() == 28
    first = LabDraw.objects.get(patient__study_id="01-701-1015", occurred_on="2013-12-26")
    assert (str(first.occurred_time), first.results.count()) == ("14:45:00", 7)
    assert LabDraw.objects.get(patient__study_id="01-704-1164").occurred_time is None
    assert LabResult.objects.filter(analyte="urea").first().reported_unit == "mg/dL{urea_N}"
    assert {result.reported_unit for result in LabResult.objects.filter(analyte="potassium")} == {"meq/L"}


RESULT = {"id": "A1", "drawn": "2024-03-02", "test": "mg", "value": "1.05", "unit": "mmol/L"}


def _results(tmp_path, *changes, **patient):
    """A file of one result a row, changed, and the mapping that reads it; about A1 unless a row says else."""
    path = tmp_path / "results.csv"
    table = [RESULT | change for change in changes]
    path.write_text(
        "\n".join(",".join(row.values()) for row in [dict(zip(RESULT, RESULT, strict=True)), *table])
    )
    result = {"analyte": {"column": "test"}, "value": {"column": "value"}, "unit": {"column": "unit"}}
    mapping = a_mapping(
        tmp_path,
        layout="results",
        patient={"study_id": {"column": "id"}} | patient,
        consent={"form_code": "main", "version": "1", "signed_on": "2024-01-01"},
        draws=[{"occurred_on": {"column": "drawn"}, "results": [result]}],
        calcification=[],
        outcomes=[],
    )
    if not patient:
        mapping = json.loads((tmp_path / "visits.json").read_text())
        del mapping["consent"]
        (tmp_path / "visits.json").write_text(json.dumps(mapping))
    return path, tmp_path / "visits.json"


def _refused_rows(said):
    """Row, field and the beginning of what is said, of every refusal listed."""
    return [line.strip() for line in said.splitlines() if line.startswith("  row ")]


NEW = {"site": "ND", "group": "mhd", "sex": "male", "birth_year": "1960", "enrolled_on": "2024-03-01"}


def test_each_result_of_a_draw_is_refused_under_its_own_row(tmp_path):
    path, mapping = _results(
        tmp_path,
        {},
        {"test": "p", "value": "99"},
        {"test": "gold"},
        {"test": "ca", "value": "2.3"},
        {"test": "ca", "value": "2.4"},
        {"test": "albumin", "value": "40", "unit": "stone"},
        **NEW,
    )
    with pytest.raises(CommandError) as refused:
        run_import(path, "--mapping", mapping)
    named = [line.split(": ")[0] for line in _refused_rows(str(refused.value))]
    assert named == [
        "row 3, A1, results.p “99”",
        "row 4, A1, results.gold “gold”",
        "row 6, A1, results.ca “ca”",
        "row 7, A1, results.albumin “stone”",
    ]


def test_results_of_nobody_are_refused_by_name_and_read_beside(tmp_path):
    run_import(a_csv(tmp_path, rows({})), "--mapping", a_mapping(tmp_path))
    path, mapping = _results(
        tmp_path,
        {"id": "NOBODY", "test": "ca", "value": "2.3"},
        {"id": "NOBODY", "test": "p", "value": "99"},
        {"drawn": "2024-02-30", "test": "gold"},
        {"drawn": "2024-02-19", "test": "ca", "unit": "stone"},
        {"drawn": "2024-05-01"},
    )
    with pytest.raises(CommandError) as refused:
        run_import(path, "--mapping", mapping)
    named = _refused_rows(str(refused.value))
    stranger = "There is no patient “NOBODY” in this cohort. Enrol the patient first."
    assert named[0] == f"row 2, NOBODY, study_id “NOBODY”: {stranger}"
    assert [line.split(": ")[0] for line in named[1:]] == [
        "row 3, NOBODY, results.p “99”",
        "row 4, A1, drawn “2024-02-30”",
        "row 4, A1, results.gold “gold”",
        "row 5, A1, occurred_on “2024-02-19”",
        "row 5, A1, results.ca “stone”",
    ]


def test_a_second_row_of_a_patient_is_refused_once_whether_recorded_or_not(tmp_path):
    mapping = a_mapping(tmp_path)
    twice = a_csv(tmp_path, rows({}, {"id": "A1", "born": "1970", "mg": "1.2", "aac": "9"}))
    once = ["row 3, A1, study_id “A1”: “A1” stands in row 2 already. Keep one row a patient."]
    with pytest.raises(CommandError) as fresh:
        run_import(twice, "--mapping", mapping)
    assert _refused_rows(str(fresh.value)) == once
    run_import(a_csv(tmp_path, rows({}), name="first.csv"), "--mapping", mapping)
    before = record()
    for update in ([], ["--update", "--reason", "Corrected list"]):
        with pytest.raises(CommandError) as recorded:
            run_import(twice, "--mapping", mapping, *update)
        assert _refused_rows(str(recorded.value)) == once
    assert record() == before


def test_a_unit_that_could_mean_two_things_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"cannot be in “mg/dL”. Choose one of: .*mg/dL\{urea_N\}"):
        run_import(DATA / "cdisc_pilot_lb.csv", "--mapping", _cdisc(tmp_path, {"column": "LBORRESU"}))


def test_a_spreadsheet_kept_by_hand_is_refused_where_it_is_broken_and_read_where_it_is_not(tmp_path):
    mapping = a_mapping(
        tmp_path,
        file={"header_row": 4},
        cohort=MAPPING["cohort"] | {"consent_basis": "public_use", "required_fields": []},
        patient={
            "study_id": {"column": "pat_id"},
            "site": "ND",
            "group": "mhd",
            "sex": {"column": "Sex", "codes": {"1": "male", "2": "female"}},
            "enrolled_on": "2020-01-01",
        },
        draws=[
            {
                "occurred_on": "2020-01-02",
                "results": [{"analyte": "glucose", "value": {"column": "glucose POST"}, "unit": "mg/dL"}],
            }
        ],
        consent={"form_code": "main", "version": "1", "signed_on": "2020-01-01"},
        calcification=[],
        outcomes=[],
    )
    with pytest.raises(CommandError) as refused:
        run_import(DATA / "messy_glucose.xlsx", "--mapping", mapping, "--list", "99")
    said = str(refused.value)
    assert "study_id “9”" in said
    assert "row 30, Sex “Code”: The mapping knows “1”, “2” here." in said
    assert "row 5," not in said
