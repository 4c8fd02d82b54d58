"""Where a file and the record differ."""

from decimal import Decimal

import pytest
from django.core.management.base import CommandError

from registry.models import (
    AuditEntry,
    CalcificationReading,
    LabResult,
    OutcomeEvent,
    Patient,
)
from tests.exchange.files import a_csv, a_mapping, record, rows, run_import

pytestmark = pytest.mark.django_db


def test_where_file_and_record_differ_nothing_is_written_unless_a_reason_is_given(tmp_path):
    mapping = a_mapping(tmp_path)
    run_import(a_csv(tmp_path, rows({}, {})), "--mapping", mapping)
    corrected = a_csv(
        tmp_path, rows({"mg": "1.15", "born": "1961"}, {"aac": "9", "end": "left", "ended": "2024-05-01"}, {})
    )
    before = record()
    with pytest.raises(CommandError) as differing:
        run_import(corrected, "--mapping", mapping)
    said = str(differing.value)
    assert "row 2, A1, results.mg: recorded “1.05 mmol/L”, in the file “1.15”" in said
    assert "row 2, A1, birth_year: recorded “1960”, in the file “1961”" in said
    assert "row 3, A2, total_reported: recorded “7”, in the file “9”" in said
    assert said.endswith("--update --reason TEXT.")
    assert record() == before

    reason = "The unit sent a corrected list"
    said = run_import(corrected, "--mapping", mapping, "--update", "--reason", reason)
    assert "Corrected 3 recorded rows." in said
    assert "Added to visits: 1 patients" in said
    magnesium = LabResult.objects.get(draw__patient__study_id="A1", analyte="mg")
    assert magnesium.value == Decimal("1.15")
    entry = AuditEntry.objects.get(table_name="registry_labresult", operation="UPDATE")
    assert (entry.door, entry.reason) == ("import", reason)
    assert Patient.objects.get(study_id="A1").birth_year == 1961
    assert CalcificationReading.objects.get(patient__study_id="A2").total_reported == 9
    assert OutcomeEvent.objects.get(patient__study_id="A2").outcome_type_id == "transfer_out"


def test_what_the_file_leaves_empty_contradicts_nothing(tmp_path):
    mapping = a_mapping(tmp_path)
    run_import(a_csv(tmp_path, rows({})), "--mapping", mapping)
    assert "Nothing changed" in run_import(a_csv(tmp_path, rows({"mg": "", "aac": ""})), "--mapping", mapping)


def test_an_update_is_refused_whole_where_one_correction_is(tmp_path):
    mapping = a_mapping(tmp_path)
    run_import(a_csv(tmp_path, rows({}, {})), "--mapping", mapping)
    before = record()
    broken = a_csv(tmp_path, rows({"mg": "1.2"}, {"born": "2030"}))
    with pytest.raises(CommandError, match="before the birth in 2030"):
        run_import(broken, "--mapping", mapping, "--update", "--reason", "Corrected list")
    assert record() == before


@pytest.mark.parametrize("arguments", [["--update"], ["--reason", "x"], ["--update", "--reason", " "]])
def test_an_update_and_its_reason_go_together(tmp_path, arguments):
    with pytest.raises(CommandError, match="go together"):
        run_import(a_csv(tmp_path, rows({})), "--mapping", a_mapping(tmp_path), *arguments)
