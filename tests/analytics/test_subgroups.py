"""Areas within sexes: those of the patients alone, refused when they are few, and told in a table."""

import numpy as np
import pytest

from analytics.figures import Words
from analytics.plan import load_plan
from analytics.questions import answer
from analytics.questions.subgroups import areas_within
from analytics.statistics.roc import roc_curve
from analytics.tables import tables
from tests.analytics.tables import mhd

LEVELS = ("male", "female")


def sample(n: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A marker that tells the outcome apart in men and not in women."""
    rng = np.random.default_rng(11)
    labels = np.where(rng.random(n) < 0.5, *LEVELS).astype(object)
    occurred = rng.random(n) < 0.4
    return labels, occurred, rng.normal(size=n) + 1.5 * (occurred & (labels == "male"))


def test_each_area_is_that_of_its_patients_alone() -> None:
    labels, occurred, marker = sample()
    found = areas_within("sex", LEVELS, labels, occurred, marker, "<")
    for within in found["within"]:
        members = labels == within["level"]
        assert within["auc"] == roc_curve(occurred[members], marker[members], direction="<").auc
        assert (within["n"], within["n_events"]) == (members.sum(), occurred[members].sum())
    assert found["p_value"] < 0.001


def test_few_events_are_refused_with_their_reason() -> None:
    labels, occurred, marker = sample(40)
    found = areas_within("sex", LEVELS, labels, occurred, marker, "<")
    assert {within["reason"]["code"] for within in found["within"]} == {"too_few_events"}
    assert found["p_value"] is None


def test_a_plan_that_names_sex_has_a_table_of_it() -> None:
    plan = load_plan("mhd")
    payload = answer(plan.question("calcification-roc"), plan.variables, mhd()).payload
    [_main, by_sex] = tables("roc", payload, Words(plan.variables))
    assert by_sex.caption == "Areas by sex"
    assert [row.heading for row in by_sex.rows[:3]] == ["Magnesium", "Male", "Female"]
    for curve in payload["curves"]:
        [subgroup] = curve["subgroups"]
        assert sum(within["n"] for within in subgroup["within"]) == curve["n"]


@pytest.mark.parametrize("plan", ["mhd", "nhanes-aac"])
def test_every_area_of_the_plans_is_reported_by_sex(plan: str) -> None:
    asked = [question for question in load_plan(plan).questions if question["kind"] == "roc"]
    assert asked
    assert all(question["report_by"] == ["sex"] for question in asked)
