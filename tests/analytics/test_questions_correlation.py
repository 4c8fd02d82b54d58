"""Correlation questions: pooled, within, given others; structural pairs, comparisons, what is withheld."""

import json
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.plan import PlanError, load_plan, read_plan
from analytics.questions import Answer, answer
from analytics.statistics.correlation import partial_correlation
from analytics.statistics.multiplicity import adjust
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.reasons import because
from registry.presentation.rounding import number
from registry.presentation.suppression import withhold
from tests.analytics.tables import mhd

MHD = mhd()
PLAN = load_plan("mhd")
SHOWN = ["mg", "ca", "p", "ca_x_p"]


def ask(slug: str, frame: pd.DataFrame | None = None, **fields: Any) -> Answer:
    return answer(PLAN.question(slug) | fields, PLAN.variables, MHD if frame is None else frame)


def pair(
    given: Answer | dict[str, Any], x: str, y: str, method: str = "pearson", **at: str
) -> dict[str, Any]:
    payload = given if isinstance(given, dict) else given.payload
    stratum = at.get("stratum", payload["strata"][0])
    [found] = [
        entry
        for entry in payload["pairs"]
        if (entry["x"], entry["y"], entry["method"], entry["stratum"]) == (x, y, method, stratum)
    ]
    return found


def guard(given: Answer, code: str) -> list[dict[str, Any]]:
    return [said for said in given.guards if said["code"] == code]


class TestStrata:
    def test_pooled_and_within_each_group(self) -> None:
        given = ask("correlations")
        assert given.payload["strata"] == ["pooled", "mhd", "control"]
        found = {stratum: pair(given, "mg", "p", stratum=stratum)["n"] for stratum in given.payload["strata"]}
        assert found == {"pooled": 400, "mhd": 200, "control": 200}

    def test_pooling_is_told_apart_from_association(self) -> None:
        pooled = pair(ask("correlations"), "mg", "p")
        assert pooled["r"] > 0.3
        assert abs(pooled["within_groups"]["partial_r"]) < 0.15
        assert pooled["within_groups"]["is_changed"]

    def test_groups_that_differ_in_their_correlation_are_named(self) -> None:
        turned = MHD.assign(ca=np.where(MHD["group"] == "mhd", MHD["mg"], 2 - MHD["mg"]))
        noisy = turned.assign(ca=turned["ca"] + np.random.default_rng(3).normal(0, 0.1, len(turned)))
        given = ask("correlations", noisy)
        [said] = guard(given, "G3")
        assert {"x": "mg", "y": "ca"} in said["found"]["heterogeneous"]
        within = pair(given, "mg", "ca")["within_groups"]
        assert (within["homogeneity_df"], within["homogeneity_p_value"] < 0.001) == (1, True)
        assert "differ in their correlation" in remark(said, str).text

    def test_among_patients_one_row_each(self) -> None:
        given = ask("correlations-mhd")
        assert given.payload["n"] == 200
        assert given.payload["strata"] == ["mhd"]
        assert len(given.payload["pairs"]) == 3 * 28

    def test_a_constant_marker_says_why(self) -> None:
        found = pair(ask("correlations-mhd", MHD.assign(mg=1.0)), "mg", "ca", "spearman")
        assert (found["r"], found["reason"]["code"]) == (None, "constant")


class TestFamilies:
    def test_every_table_is_a_family_with_its_name(self) -> None:
        payload = ask("correlations-mhd").payload
        main = {"stratum": "mhd", "method": "spearman", "n_tests": 26, "adjustment": "bh"}
        assert payload["family"] == main
        assert main | {"given": ["age"]} in payload["families"]
        assert {"stratum": None, "method": "comparison", "n_tests": 1, "adjustment": "bh"} in payload[
            "families"
        ]

    @pytest.mark.parametrize("adjustment", ["bh", "holm"])
    def test_adjusted_over_the_tests_of_the_table(self, adjustment: str) -> None:
        given = ask("correlations-mhd", adjust=adjustment)
        pairs = [entry for entry in given.payload["pairs"] if entry["method"] == "kendall"]
        tested = [entry for entry in pairs if not entry["is_structural"]]
        wanted = adjust([entry["p_value"] for entry in tested], adjustment)
        assert [entry["p_adjusted"] for entry in tested] == pytest.approx(wanted)
        [said] = guard(given, "G19")
        assert (said["found"]["method"], said["found"]["tests"]) == (adjustment, 26)

    def test_kendall_with_its_interval(self) -> None:
        found = pair(ask("correlations-mhd"), "p", "aac24", "kendall")
        assert found["ci_low"] < found["r"] < found["ci_high"]
        assert "partial" not in found


class TestStructural:
    """Ca×P with calcium and phosphorus."""

    def test_has_a_coefficient_and_no_test(self) -> None:
        for entry in ask("correlations-mhd").payload["pairs"]:
            is_structural = (entry["x"], entry["y"]) in {("ca", "ca_x_p"), ("p", "ca_x_p")}
            assert entry["is_structural"] is is_structural
            assert (entry["p_value"] is None, entry["p_adjusted"] is None) == (is_structural, is_structural)
            assert entry["reason"] == ({"code": "structural"} if is_structural else None)
            assert entry["r"] is not None
            if "partial" in entry:
                assert (entry["partial"]["p_value"] is None) is is_structural
        assert because({"code": "structural"}) == "one of the two is computed from the other"

    def test_is_no_refusal(self) -> None:
        given = ask("correlations-mhd")
        [said] = guard(given, "G4")
        assert said["severity"] == "note"
        assert "it has no P" in remark(said, str).advice
        assert not guard(given, "G30")

    def test_a_replication_keeps_the_p_under_a_warning(self) -> None:
        given = ask("correlations")
        assert pair(given, "p", "ca_x_p")["p_value"] < 0.001
        assert given.payload["family"]["n_tests"] == 28
        [said] = guard(given, "G4")
        assert said["severity"] == "block"
        assert "because the study gave one" in remark(said, str).advice

    def test_two_that_share_an_origin(self) -> None:
        variables = PLAN.variables | {
            "ca_corrected": {"label": "Corrected", "derived_from": ["ca", "albumin"]}
        }
        asked = PLAN.question("correlations-mhd") | {"variables": ["ca_corrected", "ca_x_p", "mg"]}
        frame = MHD.assign(ca_corrected=MHD["ca"] + MHD["age"] / 100)
        found = pair(answer(asked, variables, frame), "ca_corrected", "ca_x_p")
        assert (found["is_structural"], found["p_value"]) == (True, None)

    def test_is_marked_in_figure_and_table(self) -> None:
        payload, words = ask("correlations-mhd").payload, Words(PLAN.variables)
        [figure] = draw("correlation", payload, words)
        assert figure.svg.count("†<") == 2
        first, _comparisons, _others = tables("correlation", payload, words)
        assert [row.heading for row in first.rows if "†" in row.heading] == [
            "Calcium – Ca×P product\u00a0†",
            "Phosphorus – Ca×P product\u00a0†",
        ]
        assert "†" in first.note

    def test_a_replication_does_not_deny_the_p_it_shows(self) -> None:
        first, *_others = tables("correlation", ask("correlations").payload, Words(PLAN.variables))
        assert "P is shown because the study gave one" in first.note

    def test_every_coefficient_that_is_asked_for_is_printed(self) -> None:
        payload = ask("correlations-mhd").payload
        *_first, others = tables("correlation", payload, Words(PLAN.variables))
        assert others.columns[1::3] == (
            "Pearson's r (95\u00a0%\u00a0CI)",
            "Kendall's tau-b (95\u00a0%\u00a0CI)",
        )
        tau = next(
            each
            for each in payload["pairs"]
            if (each["method"], each["x"], each["y"]) == ("kendall", "mg", "p")
        )
        [row] = [row for row in others.rows if row.heading == "Magnesium – Phosphorus"]
        assert row.cells[4].startswith(number(tau["r"]))


class TestGiven:
    @pytest.mark.parametrize("method", ["pearson", "spearman"])
    def test_what_is_left_once_others_are_held_equal(self, method: str) -> None:
        given = ask("correlations-mhd", given=["age", "sex"])
        patients = MHD[MHD["group"] == "mhd"]
        held = np.column_stack([patients["age"], patients["sex"] == "male"])
        wanted = partial_correlation(patients["p"], patients["aac24"], held, method=method)
        found = pair(given, "p", "aac24", method)["partial"]
        assert (found["given"], found["n"]) == (["age", "sex"], 200)
        assert (found["r"], found["p_value"]) == pytest.approx((wanted.r, wanted.p_value))
        assert found["p_adjusted"] >= found["p_value"]

    def test_a_category_of_three_levels(self) -> None:
        found = pair(ask("correlations-mhd", given=["aac24_class"], variables=["mg", "p"]), "mg", "p")[
            "partial"
        ]
        patients = MHD[MHD["group"] == "mhd"]
        held = np.column_stack([patients["aac24"].between(2, 5), patients["aac24"] >= 6])
        assert found["r"] == pytest.approx(partial_correlation(patients["mg"], patients["p"], held).r)

    def test_on_the_patients_who_have_all(self) -> None:
        frame = MHD.copy()
        frame.loc[frame.index[:7], "age"] = np.nan
        assert pair(ask("correlations-mhd", frame), "mg", "p")["partial"]["n"] == 193

    def test_a_variable_given_itself_says_why(self) -> None:
        found = pair(ask("correlations-mhd", given=["mg"]), "mg", "p")["partial"]
        assert (found["r"], found["reason"]["code"]) == (None, "determined")

    def test_stands_beside_in_the_table(self) -> None:
        [table, _compared, _others] = tables(
            "correlation", ask("correlations-mhd").payload, Words(PLAN.variables)
        )
        assert table.columns[-1] == "r (95\u00a0%\u00a0CI), given age"


class TestCompared:
    def test_between_two_groups(self) -> None:
        [found] = ask("correlations").payload["comparisons"]
        one, other = (np.arctanh(found["groups"][group]["r"]) for group in ("mhd", "control"))
        assert found["statistic"] == pytest.approx((one - other) / np.sqrt(2 / 197))
        assert (found["name"], found["n"], found["reason"]) == ("fisher_z", 400, None)

    def test_between_more_groups(self) -> None:
        asked = [{"x": "mg", "y": "p", "between": "aac24_class"}]
        [found] = ask("correlations-mhd", compare=asked).payload["comparisons"]
        assert (found["name"], found["df"], found["difference"]) == ("homogeneity", 2, None)
        assert 0 < found["p_value"] < 1

    def test_of_the_same_patients(self) -> None:
        frame = MHD.copy()
        frame.loc[frame.index[:7], "mg"] = np.nan
        [found] = ask("correlations-mhd", frame).payload["comparisons"]
        assert [part["n"] for part in found["parts"]] == [193, 193]
        assert found["difference"] == pytest.approx(found["parts"][0]["r"] - found["parts"][1]["r"])
        assert (found["name"], found["df"]) == ("williams_t", 190)

    def test_of_a_structural_pair_without_a_test(self) -> None:
        asked = [{"x": "ca", "y": ["ca_x_p", "p"]}]
        [found] = ask("correlations-mhd", compare=asked).payload["comparisons"]
        assert (found["p_value"], found["statistic"], found["reason"]) == (None, None, {"code": "structural"})

    def test_of_one_group_alone_says_why(self) -> None:
        [found] = ask("correlations", MHD[MHD["group"] == "mhd"]).payload["comparisons"]
        assert (found["p_value"], found["reason"]) == (None, {"code": "one_group"})

    def test_is_printed_with_its_parts(self) -> None:
        payload = ask("correlations").payload
        _pairs, table, _others = tables("correlation", payload, Words(PLAN.variables))
        assert [row.role for row in table.rows] == ["section", "sub", "sub"]
        assert table.rows[0].heading == "Magnesium – phosphorus, by group"

    def test_a_plan_declares_what_it_compares(self) -> None:
        question = PLAN.question("correlations-mhd") | {
            "compare": [{"x": "mg", "y": "p", "between": "centre"}]
        }
        content = {
            "name": "x",
            "version": 1,
            "title": "X",
            "variables": PLAN.variables,
            "questions": [question],
        }
        with pytest.raises(PlanError, match="centre"):
            read_plan(content)


class TestDegenerate:
    @pytest.mark.parametrize("slug", ["correlations", "correlations-mhd"])
    @pytest.mark.parametrize("mg", [1.0, np.nan, 0.0], ids=["constant", "missing", "zero"])
    def test_a_column(self, slug: str, mg: float) -> None:
        given = ask(slug, MHD.assign(mg=mg))
        found = pair(given, "mg", "p")
        assert found["reason"]["code"] == ("too_few" if isnan(mg) else "constant")
        assert all(entry["p_value"] is None for entry in given.payload["comparisons"])
        json.dumps(given.payload, allow_nan=False)

    @pytest.mark.parametrize("n", [1, 3])
    def test_few_patients(self, n: int) -> None:
        json.dumps(ask("correlations-mhd", MHD.head(n)).payload, allow_nan=False)

    def test_one_column_twice(self) -> None:
        given = ask("correlations-mhd", MHD.assign(mg=MHD["p"]))
        assert pair(given, "mg", "p")["r"] == pytest.approx(1)
        [found] = given.payload["comparisons"]
        assert found["reason"]["code"] == "perfect_correlation"
        json.dumps(given.payload, allow_nan=False)


class TestWithheld:
    """Three controls, whom neither the pooled pairs nor the comparison may give back."""

    FRAME = pd.concat([MHD[MHD["group"] == "mhd"], MHD[MHD["group"] == "control"].head(3)])

    def test_the_strata_of_a_pair_go_together(self) -> None:
        told = withhold(ask("correlations", self.FRAME).payload, 5)
        for method in ("pearson", "spearman"):
            for stratum in ("mhd", "control"):
                found = pair(told, "mg", "p", method, stratum=stratum)
                assert (found["n"], found["r"], found["ci_low"]) == (None, None, None)
        pooled = pair(told, "mg", "p")
        assert pooled["n"] == 203
        assert set(pooled["within_groups"]["r"].values()) == {None}
        assert pooled["within_groups"]["partial_r"] is None

    def test_a_comparison_goes_with_its_group(self) -> None:
        [found] = withhold(ask("correlations", self.FRAME).payload, 5)["comparisons"]
        numbers = ("n", "difference", "statistic", "p_value", "p_adjusted")
        assert [found[name] for name in numbers] == [None] * 5
        assert [cell["n"] for cell in found["groups"].values()] == [None, None]

    def test_page_and_figures_are_still_printed(self) -> None:
        told, words = withhold(ask("correlations", self.FRAME).payload, 5), Words(PLAN.variables)
        assert len(draw("correlation", told, words)) == 3
        assert len(tables("correlation", told, words)) == 3

    def test_enough_patients_are_told(self) -> None:
        payload = ask("correlations").payload
        assert withhold(payload, 5)["pairs"] == payload["pairs"]
