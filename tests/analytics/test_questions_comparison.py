"""Comparison questions: two groups, several groups, and the whole beside them."""

import json
from typing import Any

import numpy as np
import pytest

from analytics import guards
from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import Answer
from analytics.tables import tables
from registry.presentation.guards import remark
from tests.analytics.comparison import TABLES, ask
from tests.analytics.tables import mhd
from tests.reference.pack import HERE, Pack

OPEN = Pack(HERE / "open")


def rows(given: Answer) -> dict[str, dict[str, Any]]:
    return {row["variable"]: row for row in given.payload["rows"]}


def primary(row: dict[str, Any]) -> list[str]:
    return [test["name"] for test in row["tests"] if test["is_primary"]]


def differences(row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {found["measure"]: found for found in row["differences"]}


class TestTwoGroups:
    def test_a_measurement_is_described_and_tested(self) -> None:
        row = rows(ask("groups"))["mg"]
        frame = TABLES["mhd"]
        assert row["groups"]["mhd"]["mean"] == pytest.approx(frame.loc[frame["group"] == "mhd", "mg"].mean())
        assert row["smd"] > 0
        assert [test["name"] for test in row["tests"]] == ["welch", "student", "mann_whitney"]
        assert primary(row) == ["welch"]

    def test_the_plan_says_which_variables_are_skewed(self) -> None:
        assert primary(rows(ask("groups"))["ipth"]) == ["mann_whitney"]

    def test_a_category_is_counted(self) -> None:
        row = rows(ask("groups"))["sex"]
        frame = TABLES["mhd"]
        males = int(((frame["group"] == "mhd") & (frame["sex"] == "male")).sum())
        assert row["level"] == "male"
        assert row["groups"]["mhd"] == {"n": 200, "count": males, "proportion": males / 200}

    def test_more_than_two_levels(self) -> None:
        row = rows(ask("groups", plan="nhanes-aac"))["smoking"]
        assert [entry["level"] for entry in row["levels"]] == ["never", "former", "current"]
        assert sum(entry["groups"]["yes"]["count"] for entry in row["levels"]) == row["groups"]["yes"]["n"]

    def test_fisher_where_a_cell_is_sparse(self) -> None:
        frame = mhd(12)
        frame["diabetes"] = ["type_2"] + ["none"] * (len(frame) - 1)
        assert primary(rows(ask("groups", frame))["diabetes"]) == ["fisher"]

    def test_missing_values_are_counted(self) -> None:
        row = rows(ask("groups"))["bmp7"]
        assert row["n_missing"] == int(TABLES["mhd"]["bmp7"].isna().sum())
        assert row["n"] + row["n_missing"] == 400

    def test_the_family_is_named(self) -> None:
        assert ask("groups").payload["family"] == {"n_tests": 12, "adjustment": "bh"}
        found = ask("groups", adjust="holm").payload
        assert found["family"]["adjustment"] == "holm"
        assert found["rows"][0]["p_adjusted"] > ask("groups").payload["rows"][0]["p_adjusted"]


class TestDifferences:
    def test_means_where_nothing_is_skewed(self) -> None:
        row = rows(ask("groups"))["mg"]
        [found] = row["differences"]
        means = [row["groups"][group]["mean"] for group in ("mhd", "control")]
        assert (found["measure"], found["value"]) == ("mean_difference", pytest.approx(means[0] - means[1]))
        assert found["ci_low"] < found["value"] < found["ci_high"]

    def test_a_skewed_variable_on_the_logarithms_too(self) -> None:
        found = differences(rows(ask("groups"))["ipth"])
        by_group = TABLES["mhd"].assign(log=np.log(TABLES["mhd"]["ipth"])).groupby("group")["log"].mean()
        ratio = found["ratio_of_geometric_means"]
        assert ratio["value"] == pytest.approx(np.exp(by_group["mhd"] - by_group["control"]))
        assert 1 < ratio["ci_low"] < ratio["value"] < ratio["ci_high"]
        shift = found["hodges_lehmann"]
        assert 0 < shift["ci_low"] < shift["value"] < shift["ci_high"]

    def test_zeros_have_no_geometric_mean(self) -> None:
        assert set(differences(rows(ask("groups"))["aac24"])) == {"mean_difference", "hodges_lehmann"}

    @pytest.mark.parametrize("groups", [["mhd", "control"], ["control", "mhd"]])
    def test_shares_have_the_side_of_the_standardised_difference(self, groups: list[str]) -> None:
        row = rows(ask("groups", groups=groups))["sex"]
        shares = [row["groups"][group]["proportion"] for group in groups]
        found = differences(row)["risk_difference"]
        assert found["value"] == pytest.approx(shares[0] - shares[1])
        assert np.sign(row["smd"]) == np.sign(found["value"])
        assert found["ci_low"] < found["value"] < found["ci_high"]


class TestShape:
    def test_is_shown_in_each_group(self) -> None:
        cells = rows(ask("groups"))["ipth"]["groups"]
        assert cells["mhd"]["skewness"] > 1
        assert cells["mhd"]["shapiro_wilk_p_value"] < 0.001

    def test_chooses_no_test(self) -> None:
        frame = TABLES["mhd"].assign(mg=np.exp(TABLES["mhd"]["mg"] * 9))
        assert rows(ask("groups", frame))["mg"]["groups"]["mhd"]["shapiro_wilk_p_value"] < 0.001
        assert primary(rows(ask("groups", frame))["mg"]) == ["welch"]

    def test_a_leaning_measurement_that_the_plan_takes_for_even_is_named(self) -> None:
        frame = TABLES["mhd"].assign(mg=np.exp(TABLES["mhd"]["mg"] * 9))
        [said] = [guard for guard in ask("groups", frame).guards if guard["code"] == "G24"]
        assert said["found"]["skewness"]["mg"] > 1
        assert "ipth" not in said["found"]["skewness"]
        assert "mg" in remark(said, str).text

    def test_even_measurements_are_not_named(self) -> None:
        even = ask("groups", variables=["age", "mg", "ca"])
        assert "G24" not in {guard["code"] for guard in even.guards}


class TestSeveralGroups:
    def test_primary_tests_and_what_stands_beside(self) -> None:
        found = rows(ask("calcification-groups"))
        assert [test["name"] for test in found["age"]["tests"]] == ["welch_anova", "anova", "kruskal_wallis"]
        assert [primary(found[name]) for name in ("age", "ipth", "sex")] == [
            ["welch_anova"],
            ["kruskal_wallis"],
            ["chi_square"],
        ]

    def test_every_two_groups_adjusted_by_holm(self) -> None:
        pairs = rows(ask("calcification-groups"))["age"]["pairwise"]
        assert [(pair["a"], pair["b"]) for pair in pairs] == [
            ("0-1", "2-5"),
            ("0-1", "6-24"),
            ("2-5", "6-24"),
        ]
        p_values = sorted(pair["tests"][0]["p_value"] for pair in pairs)
        assert min(pair["p_adjusted"] for pair in pairs) == pytest.approx(3 * p_values[0])

    def test_the_pair_that_lies_farthest_apart(self) -> None:
        for row in ask("calcification-groups").payload["rows"]:
            farthest = max(row["pairwise"], key=lambda pair: abs(pair["smd"]))
            assert (row["smd"], row["smd_between"]) == (farthest["smd"], [farthest["a"], farthest["b"]])

    def test_what_is_followed_over_time_has_no_side(self) -> None:
        given = ask("calcification-groups")
        assert [entry["value"] for entry in given.estimates] == [
            abs(row["smd"]) for row in given.payload["rows"]
        ]

    def test_a_pair_is_what_its_two_groups_alone_would_be(self) -> None:
        two = rows(ask("calcification-groups", groups=["0-1", "6-24"]))
        for name, row in rows(ask("calcification-groups")).items():
            pair = row["pairwise"][1]
            assert pair["smd"] == two[name]["smd"]
            assert pair["differences"] == two[name]["differences"]

    def test_a_class_without_patients_says_why(self) -> None:
        frame = TABLES["mhd"].assign(aac24=np.minimum(TABLES["mhd"]["aac24"], 5))
        row = rows(ask("calcification-groups", frame))["age"]
        assert (row["tests"], row["reason"]["code"]) == ([], "too_few")
        assert row["pairwise"][0]["tests"]
        assert not row["pairwise"][1]["tests"]

    def test_largest_difference_is_drawn_with_its_pair(self) -> None:
        payload, words = ask("calcification-groups").payload, Words(load_plan("mhd").variables)
        [figure] = draw("comparison", payload, words)
        assert "1: AAC-24 0 to 1; 2: AAC-24 2 to 5; 3: AAC-24 6 to 24" in figure.svg
        assert "AAC-24 2 to 5 – AAC-24 6 to 24" in {row.numbers[0] for row in figure.table.rows}
        first, pairs, tests, _shapes = tables("comparison", payload, words)
        assert tests.columns[1:] == ("chi-square", "Fisher", "Welch ANOVA", "ANOVA", "Kruskal–Wallis")
        assert tests.rows[0].numbers[2].endswith("‡")
        assert first.columns[1] == "Overall (n\u00a0=\u00a0200)"
        assert len(pairs.rows) == 12 * 4


class TestDegenerate:
    """No traceback, no warning, no NaN; where there is no number there is a reason."""

    @pytest.mark.parametrize("slug", ["groups", "calcification-groups"])
    @pytest.mark.parametrize(
        "mg", [1.0, np.nan, np.inf, "one each"], ids=["constant", "missing", "infinite", "one value each"]
    )
    def test_a_column(self, slug: str, mg: Any) -> None:
        values = np.where(TABLES["mhd"]["age"] > 60, 1.0, np.nan) if mg == "one each" else mg
        given = ask(slug, TABLES["mhd"].assign(mg=values))
        row = rows(given)["mg"]
        assert (row["tests"], row["smd"]) == ([], None)
        assert row["reason"] is not None
        json.dumps(given.payload, allow_nan=False)

    @pytest.mark.parametrize("slug", ["groups", "calcification-groups"])
    def test_three_patients(self, slug: str) -> None:
        payload, words = ask(slug, TABLES["mhd"].head(3)).payload, Words(load_plan("mhd").variables)
        json.dumps(payload, allow_nan=False)
        assert tables("comparison", payload, words)
        assert draw("comparison", payload, words)

    @pytest.mark.parametrize("slug", ["groups", "calcification-groups"])
    def test_a_category_of_one_level(self, slug: str) -> None:
        payload = ask(slug, TABLES["mhd"].assign(sex="male"), variables=["sex"]).payload
        [row] = payload["rows"]
        assert (row["tests"], row["reason"]["code"]) == ([], "too_few_levels")
        assert tables("comparison", payload, Words(load_plan("mhd").variables))

    def test_an_exact_test_that_takes_too_long_leaves_chi_square(self) -> None:
        frame = TABLES["nhanes-aac"].copy()
        frame.loc[frame.index[2:], "smoking"] = frame.loc[frame.index[2:], "smoking"].replace(
            "former", "never"
        )
        given = ask("calcification-groups", frame, plan="nhanes-aac", variables=["smoking"])
        [row] = given.payload["rows"]
        [said] = [guard for guard in given.guards if guard["code"] == "G25"]
        assert row["smallest_expected"] < 5
        assert primary(row) == ["chi_square"] if said["found"]["inexact"] else ["fisher"]


class TestGuards:
    def test_sparse_without_an_exact_test(self) -> None:
        sparse = {"variable": "smoking", "smallest_expected": 2.0, "tests": [{"name": "chi_square"}]}
        said = guards.sparse_table([sparse])
        assert said is not None
        assert said["found"]["inexact"] == ["smoking"]
        assert "not for smoking" in remark(said, str).advice
