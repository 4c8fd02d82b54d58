"""What a small count could be worked out from goes with it; everything else stays."""

from typing import Any

from registry.presentation.suppression import withhold


def four_cells(tp: int, fn: int, fp: int, tn: int) -> dict[str, Any]:
    n_events, n = tp + fn, tp + fn + fp + tn
    counts = {"tp": tp, "fn": fn, "fp": fp, "tn": tn, "n": n, "n_events": n_events}
    derived = {"sensitivity": tp / n_events, "specificity": tn / (n - n_events), "threshold": 0.9, "auc": 0.8}
    points = [{"threshold": 0.9, "sensitivity": 0.5, "specificity": 0.5}]
    return {**counts, **derived, "points": points, "reason": None}


def test_nothing_is_withheld_without_a_minimum() -> None:
    payload = {"n": 1, "rows": [{"n": 2, "count": 1}]}
    assert withhold(payload, 0) == payload


def test_zero_is_no_small_count() -> None:
    cell = {"n": 200, "count": 0, "proportion": 0.0}
    assert withhold(cell, 5) == cell


def test_a_small_count_takes_its_proportion_along() -> None:
    assert withhold({"n": 200, "count": 3, "proportion": 0.015}, 5) == {
        "n": 200,
        "count": None,
        "proportion": None,
        "is_withheld": True,
    }


def test_a_small_rest_is_as_telling_as_a_small_count() -> None:
    assert withhold({"n": 200, "count": 197, "proportion": 0.985}, 5)["count"] is None


def test_of_three_levels_two_go() -> None:
    counts = {"none": 150, "borderline": 3, "diabetes": 47}
    row = {
        "levels": [
            {"level": level, "groups": {"mhd": {"n": 200, "count": count, "proportion": count / 200}}}
            for level, count in counts.items()
        ]
    }
    told = {entry["level"]: entry["groups"]["mhd"]["count"] for entry in withhold(row, 5)["levels"]}
    assert told == {"none": 150, "borderline": None, "diabetes": None}


def test_one_small_cell_of_four_takes_the_others_along() -> None:
    told = withhold(four_cells(42, 6, 2, 150), 5)
    gone = ("tp", "fn", "fp", "tn", "sensitivity", "specificity", "threshold")
    assert [told[name] for name in gone] == [None] * len(gone)
    assert (told["auc"], told["n"]) == (0.8, 200)


def test_the_thresholds_along_a_curve_are_never_told() -> None:
    told = withhold(four_cells(40, 8, 10, 142), 5)
    assert told["tp"] == 40
    assert told["points"] == [{"threshold": None, "sensitivity": 0.5, "specificity": 0.5}]


def test_an_estimate_from_few_patients_goes_whole() -> None:
    told = withhold({"x": "mg", "y": "p", "n": 4, "r": 0.4, "p_value": 0.6, "reason": None}, 5)
    assert told == {
        "x": "mg",
        "y": "p",
        "n": None,
        "r": None,
        "p_value": None,
        "reason": {"code": "withheld"},
        "is_withheld": True,
    }


def test_few_events_take_the_model_along() -> None:
    told = withhold({"n": 200, "n_events": 3, "terms": [{"odds_ratio": 2.0}], "reason": None}, 5)
    assert (told["n"], told["n_events"], told["terms"]) == (None, None, [])


def test_reasons_and_group_sizes_tell_no_small_count() -> None:
    assert withhold({"code": "too_few_events", "n_events": 3, "n_others": 190}, 5)["n_events"] is None
    assert withhold({"groups": {"mhd": 200, "control": 2}}, 5)["groups"] == {"mhd": None, "control": None}


def test_a_small_part_takes_along_the_part_that_would_tell_it() -> None:
    parts = [{"level": "male", "n": 197, "n_events": 40, "auc": 0.8, "reason": None}]
    parts.append(
        {"level": "female", "n": 3, "n_events": 0, "auc": None, "reason": {"code": "too_few_events"}}
    )
    told = withhold({"variable": "sex", "within": parts, "p_value": None}, 5)
    assert [(part["n"], part["n_events"], part["auc"]) for part in told["within"]] == [(None, None, None)] * 2


def test_an_adjusted_p_that_was_taken_from_a_withheld_row_goes_with_it() -> None:
    def row(variable: str, count: int, p_adjusted: float) -> dict[str, Any]:
        groups = {"mhd": {"n": 200, "count": count, "proportion": count / 200}}
        return {"variable": variable, "groups": groups, "p_value": 0.01, "p_adjusted": p_adjusted}

    rows = [row("smoking", 2, 0.03), row("diabetes", 60, 0.03), row("male", 110, 0.4)]
    told = withhold({"rows": rows}, 5)["rows"]
    assert [entry["p_adjusted"] for entry in told] == [None, None, 0.4]
    assert told[1]["p_value"] == 0.01
