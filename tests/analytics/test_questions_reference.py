"""The figures of the reference packs, through the comparison and correlation questions."""

from typing import Any

import pytest

from analytics.questions import answer
from tests.reference.pack import HERE, Case, Pack, label


def cases(kind: str) -> list[Case]:
    return [case for root in ("open", "own") for case in Pack(HERE / root).cases if case.kind == kind]


def asked_of(
    case: Case, question: dict[str, Any], categories: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """The payload that a question gives on a case of a pack."""
    frame = case.frame()
    variables: dict[str, Any] = {code: {"label": code, "is_skewed": True} for code in question["variables"]}
    for code, levels in (categories or {}).items():
        variables[code] = {"label": code, "levels": [{"code": level} for level in levels]}
        frame = frame.assign(**{code: frame[code].map(label, na_action="ignore")})
    return answer({"slug": "case"} | question, variables, frame).payload


def compared(case: Case, groups: list[str], **categories: list[str]) -> dict[str, Any]:
    """The row of the case's measurement or category."""
    value, by = case.inputs["value"], case.inputs["group"]
    asked = {"kind": "comparison", "by": by, "groups": groups, "variables": [value]}
    [row] = asked_of(case, asked, {by: groups, **categories})["rows"]
    return row


def correlated(case: Case, variables: list[str], by: str | None = None, **options: Any) -> dict[str, Any]:
    """The correlations of the case's measurements."""
    groups = case.inputs.get("groups", ["control", "MHD"])
    asked = {"kind": "correlation", "methods": ["pearson"], "adjust": "bh", "variables": variables}
    return asked_of(case, asked | options, {by: groups} if by else None)


class TestComparison:
    @pytest.mark.parametrize("case", cases("compare_continuous")[:6], ids=lambda case: case.id)
    def test_two_groups(self, case: Case) -> None:
        a, b = case.inputs["a"], case.inputs["b"]
        row, expected = compared(case, [a, b]), case.expected
        tests = {test["name"]: test["p_value"] for test in row["tests"]}
        found = {entry["measure"]: entry for entry in row["differences"]}
        assert tests["welch"] == pytest.approx(expected["welch"]["p"], rel=1e-8)
        assert tests["student"] == pytest.approx(expected["student"]["p"], rel=1e-8)
        assert tests["mann_whitney"] == pytest.approx(expected["mwu"]["p_r_default"], rel=1e-8)
        assert row["smd"] == pytest.approx(expected["smd"], rel=1e-8)
        assert row["groups"][a]["shapiro_wilk"] == pytest.approx(expected["shapiro_a"]["W"], rel=1e-6)
        assert found["mean_difference"]["ci_low"] == pytest.approx(expected["welch"]["ci_low"], rel=1e-8)
        assert found["hodges_lehmann"]["value"] == pytest.approx(
            expected["mwu"]["hodges_lehmann_exact"], rel=1e-8, abs=1e-12
        )

    @pytest.mark.parametrize("case", cases("compare_kgroups"), ids=lambda case: case.id)
    def test_several_groups(self, case: Case) -> None:
        groups, expected = case.inputs["groups"], case.expected
        row = compared(case, groups)
        found = {test["name"]: test["p_value"] for test in row["tests"]}
        wanted = {
            "welch_anova": expected["welch"]["p"],
            "anova": expected["anova"]["p"],
            "kruskal_wallis": expected["kruskal"]["p"],
        }
        assert found == pytest.approx(wanted, rel=1e-8)
        holm = expected["pairwise_mwu_holm"]
        for pair in row["pairwise"]:
            at = groups.index(pair["b"]) - 1, groups.index(pair["a"])
            assert pair["p_adjusted"] == pytest.approx(holm[at[0]][at[1]], rel=1e-8)
        tukey = [pair["p_value"] for pair in row["tukey"]]
        assert tukey == pytest.approx(expected["tukey"]["p"], rel=1e-6, abs=1e-10)

    @pytest.mark.parametrize("case", cases("compare_categorical")[:6], ids=lambda case: case.id)
    def test_categories(self, case: Case) -> None:
        levels, groups = case.inputs["levels"], case.inputs["groups"]
        row = compared(case, groups, **{case.inputs["value"]: levels})
        tests = {test["name"]: test["p_value"] for test in row["tests"]}
        assert tests["chi_square"] == pytest.approx(case.expected["chisq"]["p"], rel=1e-8)
        assert tests["fisher"] == pytest.approx(case.expected["fisher"]["p"], rel=1e-6)
        if len(groups) == 2:
            assert abs(row["smd"]) == pytest.approx(case.expected["smd_abs"], rel=1e-8)
        if len(levels) == len(groups) == 2:
            [difference] = row["differences"]
            assert difference["value"] == pytest.approx(case.expected["effect"]["rd"], rel=1e-8)
            limits = [difference["ci_low"], difference["ci_high"]]
            assert limits == pytest.approx(case.expected["effect"]["rd_newcombe"], rel=1e-8)


class TestCorrelation:
    @pytest.mark.parametrize("case", cases("correlation_grouped"), ids=lambda case: case.id)
    def test_within_and_pooled(self, case: Case) -> None:
        x, y, by = (case.inputs[name] for name in ("x", "y", "group"))
        payload, expected = correlated(case, [x, y], by, strata=[by]), case.expected
        pooled, *strata = payload["pairs"]
        within = pooled["within_groups"]
        assert pooled["r"] == pytest.approx(expected["pooled"]["r"], rel=1e-8)
        assert pooled["p_value"] == pytest.approx(expected["pooled"]["p"], rel=1e-8)
        assert within["partial_r"] == pytest.approx(expected["partial_given_group"]["r"], rel=1e-8)
        assert within["partial_p_value"] == pytest.approx(expected["partial_given_group"]["p"], rel=1e-8)
        assert within["homogeneity_statistic"] == pytest.approx(expected["homogeneity"]["Q"], rel=1e-8)
        assert within["common_r"] == pytest.approx(expected["fisher_z_pooled"]["r"], rel=1e-8)
        assert within["is_changed"] is expected["simpson_flag"]
        assert [pair["r"] for pair in strata] == pytest.approx(expected["r_within"], rel=1e-8)

    @pytest.mark.parametrize("case", cases("correlation_difference"), ids=lambda case: case.id)
    def test_two_correlations(self, case: Case) -> None:
        x, y, z = (case.inputs[name] for name in "xyz")
        asked = [{"x": x, "y": y, "between": "group"}, {"x": x, "y": [y, z]}]
        independent, overlapping = correlated(case, [x, y, z], "group", compare=asked)["comparisons"]
        expected = case.expected
        assert overlapping["statistic"] == pytest.approx(expected["overlapping"]["t"], rel=1e-8)
        assert overlapping["p_value"] == pytest.approx(expected["overlapping"]["p"], rel=1e-8)
        assert abs(independent["statistic"]) == pytest.approx(expected["independent"]["z_abs"], rel=1e-8)
        assert independent["p_value"] == pytest.approx(expected["independent"]["p"], rel=1e-8)

    @pytest.mark.parametrize("case", cases("correlation_pair"), ids=lambda case: case.id)
    def test_kendall(self, case: Case) -> None:
        [found] = correlated(case, [case.inputs["x"], case.inputs["y"]], methods=["kendall"])["pairs"]
        wanted = case.expected["kendall_tau_b"]
        assert (found["r"], found["p_value"]) == pytest.approx((wanted["tau"], wanted["p"]), rel=1e-8)
