"""Every number of a question that a guard blocks is told with its block, and no other."""

from typing import Any

import pytest

from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.replication.blocks import blocks_of, replicates
from tests.analytics.tables import mhd

PLAN = load_plan("mhd")
MHD = mhd()
DERIVED = {"name": "paper", "title": "As published", "covariates": ["age", "ca", "p", "ca_x_p"]}


def ask(slug: str, **fields: Any) -> Answer:
    question = PLAN.question(slug) | fields
    return answer(
        {name: 2 if name == "resamples" else each for name, each in question.items()}, PLAN.variables, MHD
    )


def followed(given: Answer) -> set[tuple[str, str]]:
    return {(each["term"], each["quantity"]) for each in given.estimates}


def test_hazards_of_either_kind_stand_under_the_block() -> None:
    model = DERIVED | {"outcome": "time_to_cvd_death", "is_replication": True}
    given = ask("cvd-death-survival", models=[model], areas={})
    told = {number for number in followed(given) if number in blocks_of(given.payload)}
    ratios = ("log_hazard_ratio", "log_subdistribution_hazard_ratio")
    assert told == {(f"paper.{term}", ratio) for term in ("ca", "p", "ca_x_p") for ratio in ratios}


def test_what_tells_how_well_a_blocked_model_predicts_stands_under_it() -> None:
    given = ask("cvd-death-calibration", models=[DERIVED | {"is_replication": True}])
    assert followed(given)
    assert followed(given) <= set(blocks_of(given.payload))


@pytest.mark.parametrize("slug", ["cvd-death-calibration", "cvd-death-survival"])
def test_without_a_publication_a_blocked_number_is_absent(slug: str) -> None:
    given = ask(slug, models=[DERIVED | {"outcome": "time_to_cvd_death"}], areas={})
    assert not followed(given) & set(blocks_of(given.payload))


def test_a_published_p_of_what_follows_from_each_other_is_told_as_such() -> None:
    given = ask("correlations")
    blocks = blocks_of(given.payload)
    coupled = {"ca~ca_x_p", "p~ca_x_p"}
    assert {term.partition("@")[0] for term, _quantity in followed(given) & set(blocks)} == coupled
    assert set(blocks.values()) == {"structural"}


def test_which_questions_replicate() -> None:
    replicating = {question["slug"] for question in PLAN.questions if replicates(question)}
    assert "correlations" in replicating
    assert "cvd-death-multivariable" in replicating
    assert "cvd-death-survival" not in replicating
