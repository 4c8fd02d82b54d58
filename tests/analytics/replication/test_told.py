"""What a live answer adds to its numbers in the ledger."""

from typing import Any

from analytics.replication import told_beside

CURVE = {
    "marker": "mg",
    "sensitivity_ci": [0.7, 0.9],
    "specificity_ci": None,
}


def a_model(**fields: Any) -> dict[str, Any]:
    terms = [
        {"term": "ca_x_p", "variable": "ca_x_p", "per": 1.0},
        {"term": "age", "variable": "age", "per": 10.0},
    ]
    return {"name": "paper", "is_primary": False, "block": None, "terms": terms} | fields


def test_a_step_and_the_block_of_the_terms_it_is_about() -> None:
    block = {"code": "derived_beside_parents", "covariates": ["ca", "p", "ca_x_p"]}
    told = told_beside({"models": [a_model(block=block)]})
    assert told["paper.ca_x_p", "log_odds_ratio"] == {"per": 1.0, "block": "derived_beside_parents"}
    assert told["paper.age", "log_odds_ratio"] == {"per": 10.0, "block": None}


def test_a_primary_model_is_named_by_its_terms() -> None:
    assert ("age", "log_odds_ratio") in told_beside({"models": [a_model(is_primary=True)]})


def test_the_limits_of_shares_and_how_common_the_outcome_is() -> None:
    told = told_beside({"outcome": "calcified", "n": 100, "n_missing": 4, "n_events": 30, "curves": [CURVE]})
    assert told["mg", "sensitivity"] == {"ci_low": 0.7, "ci_high": 0.9}
    assert told["mg", "specificity"] == {"ci_low": None, "ci_high": None}
    assert told["calcified", "event_share"] == {"n": 96, "n_events": 30}


def test_what_is_withheld_stays_so() -> None:
    told = told_beside(
        {"outcome": "calcified", "n": 100, "n_missing": None, "n_events": 30, "curves": [CURVE]}
    )
    assert told["calcified", "event_share"] == {"n": None, "n_events": 30}


def test_other_kinds_add_nothing() -> None:
    assert told_beside({"terms": []}) == {}
