"""The API's description of itself."""

from pathlib import Path

from django.core.management import call_command


def test_the_description_is_valid_and_without_warnings(tmp_path: Path) -> None:
    path = tmp_path / "schema.yml"

    call_command("spectacular", "--validate", "--fail-on-warn", file=str(path))

    described = path.read_text()
    for route in ("cohorts", "patients", "lab-draws", "calcification-scores", "outcome-events", "contacts"):
        assert f"/api/v1/{route}/:" in described
