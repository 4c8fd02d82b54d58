"""No remark tells what its payload does not."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.guards import repeated_looks
from analytics.plan import load_plan
from analytics.questions import answer
from registry.presentation.guards import remark
from registry.presentation.suppression import withheld_numbers, withhold, withhold_guards
from tests.analytics import tables
from tests.analytics.test_guards import FIRED
from tests.registry.test_suppression_beside import MINIMUM, patients

Guards = dict[str, dict[str, Any]]
PLAN = load_plan("mhd")


def remarks(frame: pd.DataFrame, slug: str) -> tuple[Guards, Guards]:
    """What each guard found, as it is and as it is told."""
    definition = {key: value for key, value in PLAN.question(slug).items() if key != "crossvalidation"}
    given = answer(definition, PLAN.variables, frame, draws=tables.draws_of(frame))
    told = withhold_guards(given.guards, withhold(given.payload, MINIMUM), MINIMUM)
    for guard in told:
        assert remark(guard, str).text
    return tuple({guard["code"]: guard["found"] for guard in guards} for guards in (given.guards, told))


def dated(n_later: int) -> tuple[pd.DataFrame, pd.Index]:
    frame, mhd, _ = patients()
    later = mhd[:n_later]
    frame["enrolled_on"] = pd.Series(np.datetime64("2020-06-01", "s"), index=frame.index)
    frame.loc[later, "enrolled_on"] = np.datetime64("2022-06-01", "s")
    frame.loc[later, "terminal_status"] = ""
    return frame, later


@pytest.mark.parametrize("code", FIRED)
def test_what_is_told_of_any_remark_can_still_be_said(code: str) -> None:
    for guard in withhold_guards([FIRED[code]], {}, MINIMUM):
        assert remark(guard, str).text


def test_how_often_a_question_was_asked_is_told() -> None:
    asked = [repeated_looks(looks) for looks in (2, 5)]
    assert withhold_guards(asked, {}, MINIMUM)[-1] == asked[-1]


def test_of_a_part_that_few_died_in() -> None:
    frame, later = dated(30)
    frame.loc[later[:3], "terminal_status"] = "death_cv"
    frame.loc[later[5:12], "mg"] = np.nan
    before, told = remarks(frame, "cvd-death-validation")
    assert "23" in json.dumps(before)
    assert "G22" not in told
    assert not {"20", "23"} & set(json.dumps(told.get("G30", {})).replace(",", " ").split())


def test_of_a_part_of_one_patient() -> None:
    frame, later = dated(1)
    frame.loc[later, "follow_up_months"] = 7.3
    before, told = remarks(frame, "cvd-death-validation")
    assert "7.3" in json.dumps(before["G1"])
    assert "7.3" not in json.dumps(told)


def test_of_a_row_that_few_died_in() -> None:
    frame, _, dead = patients()
    frame.loc[dead[3:], "vit_d25"] = np.nan
    before, told = remarks(frame, "looks")
    assert "159" in json.dumps(before)
    assert "159" not in json.dumps(told)
    assert "156" not in json.dumps(told)


def test_of_a_stratum_of_few() -> None:
    frame, mhd, _ = patients()
    controls = frame.index.difference(mhd)[:3]
    before, told = remarks(frame.loc[[*mhd, *controls]].reset_index(drop=True), "correlations")
    assert set(told["G3"]["groups"].values()) == {None}
    assert "control" in {pair["stratum"] for pair in before["G24"]["pairs"]}
    assert {pair["stratum"] for pair in told.get("G24", {"pairs": []})["pairs"]} <= {"pooled"}


def test_what_is_told_is_said() -> None:
    before, told = remarks(tables.mhd(), "cvd-death-multivariable")
    assert told == before


def test_a_difference_is_withheld_without_its_sign() -> None:
    gone = withheld_numbers({"smd": -0.2}, {"smd": None})
    assert {-0.2, 0.2} <= gone.results


def test_of_a_term_that_is_withheld() -> None:
    """A finding quotes odds ratios, turned round where they are below 1."""
    steps = [
        {"variable": code, "ratio": ratio} for code, ratio in (("age", 2.0), ("mg", 1 / 0.7), ("p", 3.0))
    ]
    guard = {"code": "G32", "found": {"model": "primary", "goes_with": steps}}
    terms = [{"term": code, "scaled": {"odds_ratio": ratio}} for code, ratio in (("age", 2.0), ("mg", 0.7))]
    model = {"name": "primary", "is_withheld": True, "n": 200, "p_value": 0.01, "terms": terms}
    for kept in (terms, terms[:1], []):
        told = withhold_guards([guard], {"models": [{**model, "terms": kept}]}, MINIMUM)
        named = [step["variable"] for each in told for step in each["found"]["goes_with"]]
        assert named == [term["term"] for term in kept]
