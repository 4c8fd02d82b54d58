"""Areas within parts of the patients: of those alone, refused when they are few, and told in a table."""

import numpy as np
import pytest

from analytics.figures import Words
from analytics.plan import load_plan
from analytics.questions import answer
from analytics.questions.subgroups import areas_within
from analytics.statistics.roc import areas_homogeneous, roc_curve
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


def test_more_than_two_levels_have_one_test() -> None:
    labels, occurred, marker = sample(900)
    thirds = np.array([f"{label}{k % 2}" if label == "male" else label for k, label in enumerate(labels)])
    levels = ("male0", "male1", "female")
    found = areas_within("part", levels, thirds.astype(object), occurred, marker, "<")
    curves = [
        roc_curve(occurred[thirds == level], marker[thirds == level], direction="<") for level in levels
    ]
    assert found["p_value"] == areas_homogeneous(curves).p_value < 0.001


def test_a_level_without_an_area_is_left_out_of_the_test() -> None:
    labels, occurred, marker = sample()
    labels[:5] = "unknown"
    found = areas_within("sex", (*LEVELS, "unknown"), labels, occurred, marker, "<")
    two = areas_within("sex", LEVELS, labels, occurred, marker, "<")
    assert found["within"][2]["reason"]["code"] == "too_few_events"
    assert found["p_value"] == two["p_value"]


def test_a_plan_that_names_sex_has_a_table_of_it() -> None:
    plan = load_plan("mhd")
    payload = answer(plan.question("calcification-roc"), plan.variables, mhd()).payload
    [by_sex] = [
        table for table in tables("roc", payload, Words(plan.variables)) if table.caption == "Areas by sex"
    ]
    assert [row.heading for row in by_sex.rows[:3]] == ["Magnesium", "Male", "Female"]
    for curve in payload["curves"]:
        for subgroup in curve["subgroups"]:
            assert sum(within["n"] for within in subgroup["within"]) == curve["n"]


@pytest.mark.parametrize("plan", ["mhd", "nhanes-aac"])
def test_every_area_of_the_plans_is_reported_by_sex(plan: str) -> None:
    asked = [question for question in load_plan(plan).questions if question["kind"] == "roc"]
    assert asked
    assert all("sex" in question["report_by"] for question in asked)


@pytest.mark.parametrize("plan", ["mhd", "nhanes-aac"])
def test_deaths_are_told_apart_by_age_too(plan: str) -> None:
    assert "age_class" in load_plan(plan).question("cvd-death-roc")["report_by"]
