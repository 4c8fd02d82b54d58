"""Sensitivity questions: values below detection by each treatment."""

import numpy as np
import pandas as pd
import pytest

from analytics.figures import draw
from analytics.questions import Answer, answer
from analytics.tables import tables
from registry.presentation.suppression import withhold
from tests.analytics.sensitivity import ANSWER, PLAN, WORDS, ask, died, treatments, with_limits
from tests.analytics.tables import mhd


class TestLimits:
    def test_left_out_lies_higher_than_at_the_limit(self) -> None:
        found = treatments(ANSWER)
        assert list(found) == ["at_limit", "without", "root_two", "tobit"]
        assert found["at_limit"]["shown"]["estimate"] == pytest.approx(np.exp(found["at_limit"]["estimate"]))

    def test_how_many_are_below(self) -> None:
        frame = with_limits()
        [row] = [row for row in ANSWER.payload["rows"] if row["variable"] == "hs_crp"]
        expected = int((frame.loc[died(frame), "hs_crp_limit"] == "<").sum())
        assert row["groups"]["yes"]["count"] == expected > 0

    def test_a_variable_without_limits_says_so(self) -> None:
        [row] = [row for row in ANSWER.payload["rows"] if row["variable"] == "bmp7"]
        assert (row["tests"], row["reason"]) == ([], {"code": "none_beyond_limit"})

    def test_with_covariates_held_equal(self) -> None:
        """A group that differs in age only: what age explains is gone."""
        frame = with_limits()
        frame["hs_crp"] = np.exp((frame["age"] - 58) / 14).clip(lower=0.5)
        frame["hs_crp_limit"] = np.where(frame["hs_crp"] <= 0.5, "<", "")
        frame["hs_crp"] *= np.exp(np.random.default_rng(2).normal(0, 0.05, len(frame)))
        [row] = [row for row in ask(frame).payload["rows"] if row["variable"] == "hs_crp"]
        plain, given = [test for test in row["tests"] if test["name"] == "tobit"]
        assert given["given"] == ["age", "male", "diabetes"]
        assert plain["p_value"] < 0.01
        assert abs(given["estimate"]) < abs(plain["estimate"]) / 5

    def test_a_difference_where_the_variable_is_not_skewed(self) -> None:
        frame = mhd().assign(mg_limit="")
        frame.loc[frame["mg"] > 1.25, ["mg", "mg_limit"]] = [1.25, ">"]
        found = ask(frame, below_detection=["mg"]).payload["rows"][0]
        assert found["scale"] == "difference"
        by_name = {test["name"]: test["estimate"] for test in found["tests"] if not test["given"]}
        # Above a limit nothing is divided, and what is at the limit hides part of the difference.
        assert by_name["root_two"] == by_name["at_limit"]
        assert by_name["tobit"] < by_name["at_limit"] < 0

    def test_all_of_a_group_below_leaves_the_means_only(self) -> None:
        frame = with_limits()
        frame.loc[died(frame), ["hs_crp", "hs_crp_limit"]] = [1.2, "<"]
        found = treatments(ask(frame))
        assert found["tobit"]["reason"]["code"] == "too_few_within_limits"
        assert found["at_limit"]["reason"] is None


class TestLimitsAlone:
    def ask(self, frame: pd.DataFrame) -> Answer:
        return answer(PLAN.question("detection-limits"), PLAN.variables, frame)

    def test_patients_and_controls_by_every_treatment(self) -> None:
        given = self.ask(with_limits())
        assert (given.status, given.payload["models"], given.estimates) == ("done", [], [])
        assert list(treatments(given)) == ["at_limit", "without", "root_two", "tobit"]
        assert treatments(given)["tobit"]["p_value"] is not None
        [limits] = draw("sensitivity", given.payload, WORDS)
        [table] = tables("sensitivity", given.payload, WORDS)
        assert limits.name == "limits-hs_crp"
        assert table.columns[1] == "Below: haemodialysis patients"

    @pytest.mark.parametrize("frame", [mhd(), mhd().head(3)])
    def test_a_reason_where_nothing_is_below(self, frame: pd.DataFrame) -> None:
        given = self.ask(frame)
        assert given.reason == {"code": "none_beyond_limit"}
        assert draw("sensitivity", given.payload, WORDS) == []
        [table] = tables("sensitivity", given.payload, WORDS)
        assert table.rows[1].heading == "No value lies beyond a limit of detection"

    def test_few_below_are_withheld(self) -> None:
        given = self.ask(with_limits(limit=0.1))
        [row] = [row for row in given.payload["rows"] if row["variable"] == "hs_crp"]
        counts = [group["count"] for group in row["groups"].values() if group["count"]]
        seen = withhold(given.payload, 1 + min(counts))
        assert seen["rows"][0]["tests"] == []
