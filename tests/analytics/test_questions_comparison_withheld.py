"""A class of three patients is not to be worked out from the whole or from the other classes."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.tables import tables
from registry.presentation.suppression import withhold
from tests.analytics.comparison import TABLES, ask
from tests.analytics.tables import mhd


@pytest.fixture
def told() -> dict[str, Any]:
    frame = mhd()
    severe = frame.index[(frame["group"] == "mhd") & (frame["aac24"] >= 6)]
    frame.loc[severe[3:], "aac24"] = 3.0
    return withhold(ask("calcification-groups", frame).payload, 5)


def test_sizes_and_whole_go_with_the_small_class(told: dict[str, Any]) -> None:
    assert (told["n"], set(told["sizes"].values())) == (None, {None})
    for row in told["rows"]:
        assert row["overall"]["n"] is None
        assert [row["groups"][group]["n"] is None for group in ("0-1", "2-5", "6-24")] == [
            True,
            False,
            True,
        ]


def test_nothing_that_was_computed_from_it_is_left(told: dict[str, Any]) -> None:
    for row in told["rows"]:
        assert (row["tests"], row["pairwise"], row["smd"], row["smd_between"]) == ([], [], None, None)
        assert row.get("tukey", []) == []


def test_what_is_missing_does_not_tell_who_has_a_value() -> None:
    frame = TABLES["mhd"].copy()
    controls = frame.index[frame["group"] == "control"]
    frame.loc[controls[3:], "ipth"] = np.nan
    told = withhold(ask("groups", frame).payload, 5)
    row = next(row for row in told["rows"] if row["variable"] == "ipth")
    assert (row["n"], row["n_missing"]) == (None, None)
    assert [(cell["n"], cell["n_missing"]) for cell in row["groups"].values()] == [(None, None)] * 2


def test_page_and_figure_are_still_printed(told: dict[str, Any]) -> None:
    words = Words(load_plan("mhd").variables)
    assert draw("comparison", told, words)
    assert len(tables("comparison", told, words)) == 2


def test_a_small_count_is_not_the_whole_less_the_other_groups() -> None:
    frame = TABLES["mhd"].assign(diabetes="none")
    patients = frame.index[frame["group"] == "mhd"]
    by_class = pd.cut(frame.loc[patients, "aac24"], [-1, 1, 5, 24], labels=False)
    frame.loc[patients[by_class == 2][:2], "diabetes"] = "type_2"
    frame.loc[patients[by_class == 0][:20], "diabetes"] = "type_2"
    row = next(
        row
        for row in withhold(ask("calcification-groups", frame).payload, 5)["rows"]
        if row["variable"] == "diabetes"
    )
    assert row["groups"]["0-1"]["count"] == 20
    assert (row["groups"]["6-24"]["count"], row["overall"]["count"]) == (None, None)


def test_of_a_category_with_levels_neither_column_nor_line_tells() -> None:
    frame = TABLES["nhanes-aac"].copy()
    calcified = frame["aac24"] >= 1
    frame.loc[calcified, "smoking"] = "never"
    frame.loc[frame.index[calcified][:2], "smoking"] = "former"
    frame.loc[frame.index[calcified][2:30], "smoking"] = "current"
    told = withhold(ask("groups", frame, plan="nhanes-aac").payload, 5)
    row = next(row for row in told["rows"] if row["variable"] == "smoking")
    counts = {
        level["level"]: (level["groups"]["yes"]["count"], level["overall"]["count"])
        for level in row["levels"]
    }
    assert counts["former"] == counts["current"] == (None, None)
    assert None not in counts["never"]
