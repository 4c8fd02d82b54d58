"""The command, on real and on broken files."""

import json
from collections import Counter
from decimal import Decimal

import pytest
from django.core.management.base import CommandError

from registry.models import (
    AuditEntry,
    CalcificationReading,
    Cohort,
    LabResult,
    OutcomeEvent,
    Patient,
)
from tests.exchange.files import MAPPING, PAPER, a_csv, a_mapping, record, rows, run_import

pytestmark = pytest.mark.django_db


@pytest.fixture
def announced(monkeypatch):
    """The cohorts whose change was announced."""
    heard = []
    monkeypatch.setattr("registry.actions.change.announce", heard.append)
    return heard


def test_nhanes_is_imported_as_the_codebook_counts_it():
    shipped = "registry/exchange/sources/nhanes-2013-2014-aac.csv.gz"
    said = run_import(shipped, "--mapping", "nhanes-aac")
    cohort = Cohort.objects.get(slug="nhanes-aac")
    assert cohort.patients.count() == 3140
    assert (cohort.plan, cohort.time_scale, cohort.consent_basis) == ("nhanes-aac", "relative", "public_use")
    assert CalcificationReading.objects.filter(total_reported__gt=0).count() == 947
    ends = OutcomeEvent.objects.filter(patient__cohort=cohort, is_terminal=True)
    assert ends.count() == 3135
    assert ends.filter(outcome_type__is_fatal=True).count() == 275
    assert ends.filter(outcome_type="death_cv").count() == 67 + 22
    assert cohort.patients.filter(diabetes="borderline").count() == 124
    assert cohort.patients.filter(diabetes="unknown").count() == 2
    assert cohort.patients.filter(hypertension="yes").count() == 1486
    smoking = Counter(cohort.patients.values_list("smoking", flat=True))
    assert smoking == {"never": 1686, "former": 869, "current": 491 + 92, "unknown": 2}
    assert LabResult.objects.get(draw__patient__study_id="73557", analyte="p").value == Decimal("1.388")
    vitamin_d = LabResult.objects.get(draw__patient__study_id="73557", analyte="vit_d25")
    assert (vitamin_d.reported_value, vitamin_d.reported_unit) == ("28.9", "nmol/L")
    assert vitamin_d.value == Decimal("28.9") * Decimal("0.400647")
    assert "568 left out: no valid AAC-24 total." in said
    assert "279 reported totals are not the sum of their segments" in said

    before = record()
    assert "Nothing changed: cohort nhanes-aac holds all of it already." in run_import(
        shipped, "--mapping", "nhanes-aac"
    )
    assert record() == before


def test_the_published_roc_rows_keep_all_four_decimals_and_no_follow_up_is_invented():
    run_import(PAPER, "--mapping", "paper-roc")
    cohort = Cohort.objects.get(slug="paper-roc")
    assert cohort.is_simulated
    first = LabResult.objects.get(draw__patient__study_id="F001", analyte="mg")
    assert (first.value, first.reported_value) == (Decimal("0.8815"), "0.8815")
    ends = OutcomeEvent.objects.filter(patient__cohort=cohort)
    assert sorted(ends.values_list("outcome_type", flat=True)) == ["admin_end"] * 152 + ["death_cv"] * 48
    assert set(ends.values_list("occurred_months", flat=True)) == {Decimal(0)}


def test_one_of_everything_arrives_under_its_door(tmp_path):
    table = rows({"mg": "LESS THAN 0,4", "end": "dead", "ended": "2024-09-01"}, {"mg": ">4,5"})
    mapping = a_mapping(tmp_path, file={"decimal": ","})
    run_import(a_csv(tmp_path, table, delimiter=";"), "--mapping", mapping)
    patient = Patient.objects.get(study_id="A1")
    assert (patient.source_id, patient.site.code, patient.birth_year) == ("A1", "ND", 1960)
    assert patient.consents.get().signed_on.isoformat() == "2024-02-20"
    below, above = LabResult.objects.filter(analyte="mg").order_by("draw__patient__study_id")
    assert (below.comparator, below.value, below.is_flagged) == ("<", Decimal("0.4"), True)
    assert (above.comparator, above.value, above.is_flagged) == (">", Decimal("4.5"), True)
    assert not above.is_confirmed
    hormone = LabResult.objects.filter(analyte="ipth").first()
    assert hormone.value == Decimal("29.5") * Decimal("9.425")
    assert patient.calcification_readings.get().aac24 == 7
    assert patient.outcome_events.get().outcome_type_id == "death_cv"
    entry = AuditEntry.objects.filter(table_name="registry_labresult").first()
    assert (entry.door, entry.reason) == ("import", "visits.csv, mapping visits")


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(
    tmp_path, announced, django_capture_on_commit_callbacks
):
    before = record()
    with django_capture_on_commit_callbacks(execute=True):
        said = run_import(a_csv(tmp_path, rows({}, {})), "--mapping", a_mapping(tmp_path), "--dry-run")
    assert "Cohort visits would be created." in said
    assert "Would add to visits: 2 patients, 2 consents, 2 draws, 4 results, 2 calcification" in said
    assert record() == before
    assert announced == []


# Each broken row with its field, its value and a part of the rule.
BROKEN = [
    ({"id": ""}, "id", "", "left empty"),
    ({"id": "A 1"}, "study_id", "A 1", "not a study number"),
    ({"unit": "XX"}, "site", "XX", "takes no part in this cohort"),
    ({"sex": "woman"}, "sex", "woman", "knows “F”, “M”"),
    ({"born": "about 1960"}, "born", "about 1960", "a whole number"),
    ({"born": "1860"}, "birth_year", "1860", "out of range"),
    ({"born": ""}, "birth_year", "", "left empty"),
    ({"enrolled": "1 March"}, "enrolled", "1 March", "a date"),
    ({"enrolled": "2024-02-19"}, "enrolled_on", "2024-02-19", "before the consent"),
    ({"enrolled": "1950-01-01", "signed": "1949-01-01"}, "enrolled_on", "1950-01-01", "before the birth"),
    ({"enrolled": "2999-01-01"}, "enrolled_on", "2999-01-01", "still to come"),
    ({"signed": ""}, "consent", "", "written consent"),
    ({"drawn": "2999-01-01"}, "occurred_on", "2999-01-01", "still to come"),
    ({"drawn": "2024-02-19"}, "occurred_on", "2024-02-19", "before the consent"),
    ({"mg": "10.5"}, "results.mg", "10.5", "from 0.2 to 5 mmol/L"),
    ({"mg": "UNABLE TO REPORT"}, "results.mg", "UNABLE TO REPORT", "not a number"),
    ({"mg": "1,234"}, "results.mg", "1,234", "not a number"),
    ({"mg": "<2,3"}, "results.mg", "<2,3", '"file": {"decimal": ","}'),
    ({"aac": "2,0"}, "aac", "2,0", '"file": {"decimal": ","}'),
    ({"pth unit": "mmol/L"}, "results.ipth", "mmol/L", "Choose one of: pg/mL"),
    ({"aac": "25"}, "total_reported", "25", "24 at most"),
    ({"end": "gone", "ended": "2024-09-01"}, "end", "gone", "knows “dead”"),
    ({"end": "dead"}, "occurred_on", "", "date is needed"),
    ({"end": "dead", "ended": "2024-02-29"}, "occurred_on", "2024-02-29", "before enrolment"),
    ({"end": "dead", "ended": "2024-03-01"}, "occurred_on", "2024-03-02", "is after “Death, cardiovascular”"),
]


@pytest.mark.parametrize(("broken", "field", "value", "rule"), BROKEN, ids=[f"{b}"[1:-1] for b, *_ in BROKEN])
def test_a_broken_row_is_refused_with_field_value_and_rule_and_nothing_is_written(
    tmp_path, broken, field, value, rule
):
    before = record()
    with pytest.raises(CommandError) as refused:
        run_import(a_csv(tmp_path, rows({}, broken, {})), "--mapping", a_mapping(tmp_path))
    said = str(refused.value)
    lines = [line for line in said.splitlines() if line.startswith("  row 3, ")]
    assert any(field in line and value in line and rule in line for line in lines), said
    assert not any(line.startswith(("  row 2", "  row 4")) for line in said.splitlines()), said
    assert said.endswith("Nothing was written.")
    assert record() == before


def test_every_broken_row_is_told_of_at_once(tmp_path):
    table = rows({}, {"mg": "10.5"}, {"sex": "?"}, {"aac": "30"}, {"id": "A1"})
    with pytest.raises(CommandError) as refused:
        run_import(a_csv(tmp_path, table), "--mapping", a_mapping(tmp_path), "--list", "3")
    said = str(refused.value)
    assert "1 × results.mg (hard_limit)" in said
    assert "1 × sex (unknown)" in said
    assert "1 × total_reported (range)" in said
    assert "1 × study_id (duplicate)" in said
    assert "more. See them all with --list" in said


def test_one_fault_of_a_patient_hides_none_of_the_others(tmp_path):
    table = rows(
        {"sex": "?", "mg": "10.5"},
        {"born": "1860", "pth unit": "stone"},
        {"end": "gone", "mg": "10.5", "aac": "30"},
        {"drawn": "2024-02-30", "mg": "10.5", "end": "dead", "ended": "2024-02-29"},
        {},
    )
    with pytest.raises(CommandError) as refused:
        run_import(a_csv(tmp_path, table), "--mapping", a_mapping(tmp_path))
    found = [line.split(": ")[0] for line in str(refused.value).splitlines() if line.startswith("  row ")]
    assert sorted(set(found)) == [
        "  row 2, A1, results.mg “10.5”",
        "  row 2, A1, sex “?”",
        "  row 3, A2, birth_year “1860”",
        "  row 3, A2, results.ipth “stone”",
        "  row 4, A3, end “gone”",
        "  row 4, A3, results.mg “10.5”",
        "  row 4, A3, total_reported “30”",
        "  row 5, A4, drawn “2024-02-30”",
        "  row 5, A4, occurred_on “2024-02-29”",
        "  row 5, A4, results.mg “10.5”",
    ]


def test_a_file_without_rows_is_said_to_have_none(tmp_path):
    mapping = a_mapping(tmp_path)
    run_import(a_csv(tmp_path, rows({})), "--mapping", mapping)
    with pytest.raises(CommandError, match="The file has no rows below its column names"):
        run_import(a_csv(tmp_path, []), "--mapping", mapping)


def test_a_column_the_mapping_needs_is_named(tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text("id,unit,id\nA1,ND,A1\n")
    with pytest.raises(CommandError) as refused:
        run_import(path, "--mapping", a_mapping(tmp_path))
    assert "row 1, mg: The mapping visits needs this column; the file has id, unit, id." in str(refused.value)
    assert "row 1, id: Two columns have this name" in str(refused.value)


def test_a_cohort_that_is_not_there_and_not_defined_is_refused(tmp_path):
    mapping = json.loads(json.dumps(MAPPING))
    del mapping["cohort"]
    (tmp_path / "plain.json").write_text(json.dumps(mapping))
    with pytest.raises(CommandError, match="There is no cohort “east”"):
        run_import(a_csv(tmp_path, rows({})), "--mapping", tmp_path / "plain.json", "--cohort", "east")


def test_new_rows_join_and_rows_recorded_stay(tmp_path):
    mapping = a_mapping(tmp_path)
    run_import(a_csv(tmp_path, rows({}, {"mg": ""})), "--mapping", mapping)
    said = run_import(a_csv(tmp_path, rows({}, {}, {})), "--mapping", mapping)
    assert "Added to visits: 1 patients, 1 consents, 1 draws, 3 results, 1 calcification readings." in said
    assert "Already recorded, unchanged: 2 patients, 2 consents, 2 draws, 3 results" in said
    assert LabResult.objects.filter(draw__patient__study_id="A2").count() == 2


def test_an_import_is_announced_once_however_many_of_its_rows_go_through_actions(
    tmp_path, announced, django_capture_on_commit_callbacks
):
    mapping = a_mapping(tmp_path)
    run_import(a_csv(tmp_path, rows({}, {}, {})), "--mapping", mapping)
    ends = {"end": "dead", "ended": "2024-09-01"}
    with django_capture_on_commit_callbacks(execute=True):
        run_import(a_csv(tmp_path, rows(ends, ends, ends)), "--mapping", mapping)
    assert OutcomeEvent.objects.count() == 3
    assert announced == [Cohort.objects.get().pk]


def test_an_import_without_news_announces_nothing(tmp_path, announced, django_capture_on_commit_callbacks):
    mapping = a_mapping(tmp_path)
    run_import(a_csv(tmp_path, rows({}, {})), "--mapping", mapping)
    announced.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert "Nothing changed" in run_import(a_csv(tmp_path, rows({}, {})), "--mapping", mapping)
    assert announced == []
