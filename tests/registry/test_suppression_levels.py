"""Terms of levels that few have: neither their estimate nor its error is told; all others are."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.tables import tables as printed
from registry.presentation.suppression import withhold
from tests.registry.test_suppression_beside import MINIMUM, PLAN, ask, patients

MODEL = {"name": "m", "title": "M", "covariates": ["age", "diabetes"]}
ASKED: dict[str, dict[str, Any]] = {
    "cvd-death-multivariable": {"models": [MODEL]},
    "cvd-death-survival": {"models": [MODEL | {"outcome": "time_to_cvd_death"}]},
    "cvd-death-validation": {"model": MODEL},
    "cvd-death-sensitivity": {"covariates": MODEL["covariates"]},
}


def with_diabetes(n_dead: int, n_others: int) -> pd.DataFrame:
    """So many of the dead and of the others have diabetes, and nobody else; half enrolled in each year."""
    frame, mhd, dead = patients()
    others = mhd[frame.loc[mhd, "terminal_status"] == ""]
    frame["diabetes"] = "none"
    frame.loc[[*dead[:n_dead], *others[:n_others]], "diabetes"] = "type_2"
    frame["enrolled_on"] = np.datetime64("2020-06-01", "s")
    frame.loc[[*dead[-10:], *others[-40:]], "enrolled_on"] = np.datetime64("2022-06-01", "s")
    return frame


def told(frame: pd.DataFrame, slug: str) -> tuple[set[str], set[str]]:
    """The terms of the models, as they are and as they are told."""
    payload = ask(frame, slug, **ASKED[slug])
    seen = withhold(payload, MINIMUM)
    kind, words = PLAN.question(slug)["kind"], Words(PLAN.variables)
    assert draw(kind, seen, words)
    assert printed(kind, seen, words)
    return terms(payload), terms(seen)


def terms(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {term["term"] for term in value.get("terms") or () if term.get("coefficient") is not None}
        return own.union(*(terms(inner) for inner in value.values()))
    return set().union(*map(terms, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("slug", ASKED)
class TestLevels:
    @pytest.mark.parametrize(("n_dead", "n_others"), [(3, 30), (1, 60), (4, 4)])
    def test_of_few_events_the_term_goes(self, slug: str, n_dead: int, n_others: int) -> None:
        before, seen = told(with_diabetes(n_dead, n_others), slug)
        assert any(term.startswith("diabetes") for term in before)
        assert seen == {term for term in before if not term.startswith("diabetes")}
        assert "age" in seen

    def test_of_many_it_stays(self, slug: str) -> None:
        before, seen = told(with_diabetes(16, 60), slug)
        assert seen == before


@pytest.mark.parametrize("slug", ["cvd-death-multivariable", "cvd-death-validation"])
def test_of_few_without_the_event_it_goes_from_a_model_of_odds(slug: str) -> None:
    before, seen = told(with_diabetes(20, 3), slug)
    assert {term for term in before - seen if not term.startswith("diabetes")} == set()
    assert before != seen


def test_where_few_are_in_the_reference_it_goes_too() -> None:
    before, seen = told(with_diabetes(41, 120), "cvd-death-survival")
    assert before - seen
    assert "age" in seen


def test_a_step_of_a_measurement_is_no_level() -> None:
    frame, *_ = patients()
    payload = ask(frame, "cvd-death-multivariable")
    wide = [
        term
        for model in payload["models"]
        for term in model["terms"]
        if term["per"] is not None and term["standard_error"] > 0.5
    ]
    assert wide
    assert terms(wide) <= terms(withhold(payload, MINIMUM))
