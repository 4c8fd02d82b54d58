"""What cut-offs, comparisons of markers and reclassification would tell of few patients."""

from itertools import combinations
from typing import Any

import pytest

from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import answer
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.suppression import withhold, withhold_guards
from tests.analytics.tables import mhd

CELLS = ("tp", "fp", "tn", "fn")
FROM_CELLS = (
    *CELLS,
    "threshold",
    "sensitivity",
    "sensitivity_ci",
    "specificity",
    "specificity_ci",
    "ppv",
    "ppv_ci",
    "npv",
    "npv_ci",
    "lr_positive",
    "lr_positive_ci",
    "lr_negative",
    "lr_negative_ci",
)
RESAMPLED = ("threshold_ci_low", "threshold_ci_high", "sensitivity_left_out", "specificity_left_out")
MANY = [0.8, 0.85, 0.9, 0.95, 0.97, 1.0, 1.01, 1.1, 1.2, 1.3, 1.4]
PLAN = load_plan("mhd")
ASKED = PLAN.question("cvd-death-roc") | {
    "thresholds": {"mg": MANY},
    "rules": {"closest_topleft": True, "sensitivity_at_least": 0.95, "specificity_at_least": 0.95},
    "resamples": 50,
    "crossvalidation": {"folds": 5, "repeats": 1},
}
GIVEN = answer(ASKED, PLAN.variables, mhd())


def is_small(count: int, minimum: int) -> bool:
    return 0 < count < minimum


def pairs(minimum: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each cut-off as it is and as it is told."""
    told = withhold(GIVEN.payload, minimum)
    return [
        pair
        for before, after in zip(GIVEN.payload["curves"], told["curves"], strict=True)
        for pair in zip(before["operating"], after["operating"], strict=True)
    ]


@pytest.mark.parametrize("minimum", [5, 11])
class TestCutOffs:
    def test_nothing_is_left_that_a_small_cell_follows_from(self, minimum: int) -> None:
        few = [
            after
            for before, after in pairs(minimum)
            if any(is_small(before[cell], minimum) for cell in CELLS)
        ]
        assert few
        for point in few:
            assert {point[name] for name in FROM_CELLS} == {None}
            assert point["is_withheld"]

    def test_no_two_cut_offs_tell_the_few_between_them(self, minimum: int) -> None:
        for curve in withhold(GIVEN.payload, minimum)["curves"]:
            told = [point for point in curve["operating"] if point["tp"] is not None]
            for one, other in combinations(told, 2):
                assert not any(is_small(abs(one[cell] - other[cell]), minimum) for cell in CELLS)

    def test_what_tells_nobody_apart_is_told(self, minimum: int) -> None:
        told = withhold(GIVEN.payload, minimum)["curves"][0]["operating"]
        assert sum(point["tp"] is not None for point in told) > 1

    def test_pages_tables_and_remarks_stand(self, minimum: int) -> None:
        told = withhold(GIVEN.payload, minimum)
        words = Words(PLAN.variables)
        draw("roc", told, words)
        [cut_offs] = [table for table in tables("roc", told, words) if table.caption == "Cut-offs"]
        assert "sensitivity ≥ 95 %" in {row.heading for row in cut_offs.rows}
        for guard in withhold_guards(GIVEN.guards, told, minimum):
            assert remark(guard, str).text


def test_with_a_small_cell_the_resampled_cut_off_goes_too() -> None:
    minimum = min(GIVEN.payload["curves"][0][cell] for cell in CELLS) + 1
    told = withhold(GIVEN.payload, minimum)
    curve = told["curves"][0]
    assert curve["auc"] is not None
    assert {curve[name] for name in RESAMPLED} == {None}
    tried = [
        each["marker"]
        for guard in withhold_guards(GIVEN.guards, told, minimum)
        if guard["code"] == "G13"
        for each in guard["found"]["markers"]
    ]
    assert "mg" not in tried


def test_an_index_that_few_moved_for_is_withheld() -> None:
    [added] = GIVEN.payload["added"]
    by_category = added["improvements"][0]
    fewest = min(by_category[f"{side}_{way}"] for side in ("cases", "controls") for way in ("up", "down"))
    [told] = withhold(GIVEN.payload, fewest + 1)["added"]
    assert (told["improvements"][0]["value"], told["improvements"][0]["cases_up"]) == (None, None)
    assert told["improvements"][1]["value"] == added["improvements"][1]["value"]
    assert told["p_value"] == added["p_value"]


def test_nothing_is_told_of_few_patients() -> None:
    told = withhold(GIVEN.payload, 60)
    assert all(curve["operating"] == [] and curve["auc_corrected"] is None for curve in told["curves"][3:])
    assert {pair["p_value"] for pair in told["compared"]} == {None}
    [added] = told["added"]
    assert (added["statistic"], added["improvements"]) == (None, [])


def test_few_without_a_marker_are_not_told_by_the_whole() -> None:
    frame = mhd()
    frame.loc[:2, "p"] = None
    payload = answer(ASKED | {"markers": ["mg", "ca"], "combined": []}, PLAN.variables, frame).payload
    assert [pair["n_missing"] for pair in payload["compared"]] == [5]
    assert withhold(payload, 9)["n"] is None


def cells_along(curve: dict[str, Any]) -> list[dict[str, int]]:
    """The four cells of each point along a curve, as any reader works them out."""
    n_events, n_others = curve["n_events"], curve["n"] - curve["n_events"]
    found = []
    for point in curve["points"]:
        tp, tn = round(point["sensitivity"] * n_events), round(point["specificity"] * n_others)
        found.append({"tp": tp, "fp": n_others - tn, "tn": tn, "fn": n_events - tp})
    return found


class TestPointsAlongACurve:
    def test_those_of_a_withheld_cut_off_are_not_drawn(self) -> None:
        minimum = 5
        for before, curve in zip(
            GIVEN.payload["curves"], withhold(GIVEN.payload, minimum)["curves"], strict=True
        ):
            hidden = [point for point in curve["operating"] if point["tp"] is None]
            if not hidden or not curve["points"]:
                continue
            points = cells_along(curve)
            assert not any(is_small(count, minimum) for cells in points for count in cells.values())
            was = {
                (cells["tp"], cells["fp"])
                for cells, point in zip(before["operating"], curve["operating"], strict=True)
                if point["tp"] is None
            }
            assert not was & {(cells["tp"], cells["fp"]) for cells in points}
            assert {(0, 0), (before["n_events"], before["n"] - before["n_events"])} <= {
                (cells["tp"], cells["fp"]) for cells in points
            }
            break
        else:
            pytest.fail("no curve has a cut-off that is withheld")

    def test_a_curve_whose_cut_offs_are_told_is_whole(self) -> None:
        curve = {key: value for key, value in GIVEN.payload["curves"][0].items() if key != "subgroups"}
        told = [point for point in curve["operating"] if min(point[cell] for cell in CELLS) >= 5][:1]
        curve |= {"operating": told} | {cell: told[0][cell] for cell in CELLS}
        [seen] = withhold({"curves": [curve]}, 5)["curves"]
        assert len(seen["points"]) == len(curve["points"]) > 0
