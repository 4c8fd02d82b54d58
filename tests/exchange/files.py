"""Small files and mappings for import tests."""

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

DATA = Path(__file__).parent / "data"
PAPER = Path(__file__).parents[1] / "analytics" / "data" / "paper_like_roc_fixture.csv"

# A cohort with calendar dates, written consent and one of everything a file can tell of a patient.
MAPPING: dict[str, Any] = {
    "name": "visits",
    "title": "A unit's own table",
    "layout": "patients",
    "cohort": {
        "slug": "visits",
        "name": "Visits",
        "required_fields": ["birth_year"],
        "sites": [{"code": "ND", "name": "Nanjing", "time_zone": "Asia/Shanghai"}],
        "groups": [{"code": "mhd", "name": "MHD", "limits": "mhd", "on_dialysis": True}],
    },
    "patient": {
        "study_id": {"column": "id"},
        "site": {"column": "unit"},
        "group": "mhd",
        "sex": {"column": "sex", "codes": {"F": "female", "M": "male"}},
        "birth_year": {"column": "born"},
        "enrolled_on": {"column": "enrolled"},
    },
    "consent": {"form_code": "main", "version": "1", "signed_on": {"column": "signed"}},
    "draws": [
        {
            "occurred_on": {"column": "drawn"},
            "dialysis": "pre",
            "results": [
                {"analyte": "mg", "value": {"column": "mg"}, "unit": "mmol/L"},
                {"analyte": "ipth", "value": {"column": "pth"}, "unit": {"column": "pth unit"}},
            ],
        }
    ],
    "calcification": [
        {
            "occurred_on": {"column": "drawn"},
            "modality": "radiograph",
            "total_reported": {"column": "aac"},
        }
    ],
    "outcomes": [
        {
            "outcome_type": {
                "column": "end",
                "codes": {"dead": "death_cv", "left": "transfer_out", "": None},
            },
            "occurred_on": {"column": "ended"},
        }
    ],
}
ROW = {
    "id": "A1",
    "unit": "ND",
    "sex": "F",
    "born": "1960",
    "enrolled": "2024-03-01",
    "signed": "2024-02-20",
    "drawn": "2024-03-02",
    "mg": "1.05",
    "pth": "29.5",
    "pth unit": "pmol/L",
    "aac": "7",
    "end": "",
    "ended": "",
}


def a_mapping(folder: Path, **changes: Any) -> str:
    """The path of a mapping file: the one above, changed."""
    path = folder / "visits.json"
    path.write_text(json.dumps(MAPPING | changes), encoding="utf-8")
    return str(path)


def rows(*changes: Mapping[str, str]) -> list[dict[str, str]]:
    """One good row a change, each under its own study number, changed."""
    return [ROW | {"id": f"A{number}"} | change for number, change in enumerate(changes, start=1)]


def a_csv(
    folder: Path, table: Sequence[Mapping[str, str]], *, delimiter: str = ",", name: str = "visits.csv"
) -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(ROW), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(table)
    return path


def run_import(*arguments: object) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("import_file", *map(str, arguments), stdout=out)
    return out.getvalue()


def record() -> dict[str, int]:
    """How many rows every table of the record and its trail holds."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("registry_")]
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  # names come from the catalogue
            counts[table] = cursor.fetchone()[0]
    return counts
