"""What is said of the plans' own questions."""

import pytest

from analytics.plan import load_plan
from analytics.questions import answer
from tests.analytics.tables import mhd, nhanes, paper_like

TABLES = {"mhd": mhd(), "nhanes-aac": nhanes(), "paper-roc": paper_like()}


@pytest.mark.parametrize(
    ("plan", "slug", "expected"),
    [
        ("mhd", "groups", {"G17", "G19"}),
        ("mhd", "correlations", {"G3", "G4", "G19"}),
        ("mhd", "correlations-mhd", {"G4", "G19"}),
        ("mhd", "cvd-death-multivariable", {"G1", "G4", "G5"}),
        ("nhanes-aac", "cvd-death-multivariable", {"G1", "G4", "G5"}),
        ("mhd", "cvd-death-survival", {"G2", "G6", "G22"}),
        ("paper-roc", "cvd-death-roc", {"G1", "G10", "G12", "G13"}),
    ],
)
def test_said(plan: str, slug: str, expected: set[str]) -> None:
    loaded = load_plan(plan)
    given = answer(loaded.question(slug), loaded.variables, TABLES[plan])
    assert expected <= {guard["code"] for guard in given.guards}


def test_patients_alone_are_not_called_pooled() -> None:
    loaded = load_plan("mhd")
    given = answer(loaded.question("correlations-mhd"), loaded.variables, TABLES["mhd"])
    assert "G3" not in {guard["code"] for guard in given.guards}
