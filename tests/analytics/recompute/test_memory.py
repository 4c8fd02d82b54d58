"""What questions on a growing study remember passes from run to run, and the ledger lets it only grow."""

from typing import Any

import pandas as pd
import pytest

from analytics import questions
from analytics.models import Question
from analytics.recompute import running
from registry.models import LabResult
from tests.analytics.enrolled import enrolled
from tests.analytics.looked import HAZARD, PLAN
from tests.analytics.looked import QUESTION as LOOKS
from tests.analytics.recompute.steps import compute
from tests.analytics.tables import mhd

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = enrolled(mhd(400).head(400)).sort_values("enrolled_on").reset_index(drop=True)
FOLLOWED = {"name": "r", "quantity": "correlation", "x": "mg", "y": "aac24", "tuned_at": 200, "for": ["r"]}
ASKED: tuple[dict[str, Any], ...] = (
    LOOKS | {"estimates": [FOLLOWED, *LOOKS["estimates"][1:]], "hypotheses": [HAZARD | {"variable": "p"}]},
    PLAN.question("correlations-mhd") | {"slug": "r", "variables": ["mg", "aac24"]},
    PLAN.question("cvd-death-validation") | {"slug": "validation", "freeze_on": "2023-12-31"},
)


@pytest.fixture
def growing(cohort, asked, monkeypatch) -> Any:
    """Runs the cohort's questions on the first patients of a table, each time another state of the data."""
    Question.objects.update(is_current=False)
    for position, definition in enumerate(ASKED):
        Question.objects.create(
            cohort=cohort,
            slug=definition["slug"],
            kind=definition["kind"],
            definition=definition,
            variables=PLAN.variables,
            position=position,
        )
    frames: list[pd.DataFrame] = []
    monkeypatch.setattr(running, "answer", questions.answer)
    monkeypatch.setattr(running, "frozen_frame", lambda content: frames[-1])

    def run(n: int) -> dict[str, Any]:
        frames.append(TABLE.head(n))
        LabResult.objects.filter(draw__patient__study_id="ND-0").update(value=f"0.{n}")
        return {result.question.slug: result for result in compute(cohort).results.all()}

    return run


def test_looks_and_a_frozen_model_are_kept(growing):
    first, second, third = growing(250), growing(320), growing(400)
    assert [{result.status for result in each.values()} for each in (first, second, third)] == [{"done"}] * 3
    assert [row["look"] for row in third["looks"].payload["rows"]] == [3, 3, 3, 3]
    [hazard] = third["looks"].payload["hypotheses"]
    assert len(hazard["looks"]) > 1
    assert second["validation"].payload["frozen"] == third["validation"].payload["frozen"]
    assert second["validation"].payload["within"][0] == third["validation"].payload["within"][0]


def test_a_question_that_is_followed_at_every_look_points_there(growing):
    growing(250)
    later = growing(320)
    [said] = [guard for guard in later["r"].guards if guard["code"] == "G20"]
    assert said["found"]["question"] == "looks"
    assert "G20" not in {guard["code"] for guard in later["looks"].guards}
