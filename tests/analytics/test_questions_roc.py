"""ROC questions: areas, their cut-offs, and what is refused."""

import json
from typing import Any

import numpy as np
import pytest

from analytics.figures import Words
from analytics.plan import load_plan
from analytics.statistics.roc import roc_curve, wilson
from analytics.tables import tables
from tests.analytics.roc import HOW, MHD, ask, codes, curves, observed, printed, rules
from tests.analytics.tables import mhd, paper_like


class TestPaperRoc:
    """The printed areas, and the only counts that the printed percentages allow."""

    @pytest.mark.parametrize(
        ("marker", "auc", "counts"),
        [
            ("mg", 0.895, (42, 6, 2, 150)),
            ("ca", 0.802, (32, 16, 14, 138)),
            ("p", 0.851, (35, 13, 0, 152)),
            ("combined", 0.921, (39, 9, 10, 142)),
        ],
    )
    def test_printed_row(self, marker: str, auc: float, counts: tuple[int, ...]) -> None:
        curve = curves(ask("paper-roc"))[marker]
        assert round(curve["auc"], 3) == auc
        assert (curve["tp"], curve["fn"], curve["fp"], curve["tn"]) == counts
        assert (curve["n"], curve["n_events"]) == (200, 48)

    def test_without_a_false_positive_a_likelihood_ratio_is_not_told(self) -> None:
        point = rules(curves(ask("paper-roc"))["p"])["youden"]
        assert (point["ppv"], point["lr_positive"], point["lr_positive_ci"]) == (1.0, None, None)
        assert point["lr_negative"] == pytest.approx(13 / 48)

    def test_the_combination_does_worse_than_magnesium_alone(self) -> None:
        [found] = [guard["found"] for guard in ask("paper-roc").guards if guard["code"] == "G10"]
        [outdone] = found["outdone"]
        assert (outdone["marker"], outdone["variable"], round(outdone["youden"], 3)) == (
            "combined",
            "mg",
            0.747,
        )


class TestCurve:
    def test_points_begin_and_end_in_the_corners_and_keep_the_area(self) -> None:
        curve = curves(ask("paper-roc"))["mg"]
        across = [1 - point["specificity"] for point in curve["points"]]
        up = [point["sensitivity"] for point in curve["points"]]
        assert (across[0], up[0], across[-1], up[-1]) == (1, 1, 0, 0)
        assert -np.trapezoid(up, across) == pytest.approx(curve["auc"], abs=1e-12)

    def test_the_direction_is_decided_once_and_then_kept(self) -> None:
        first = ask("paper-roc")
        assert first.memory["directions"]["mg"] == ">"
        turned = paper_like().assign(mg=lambda table: -table["mg"])
        later = ask("paper-roc", frame=turned, **first.memory)
        assert curves(later)["mg"]["direction"] == ">"
        assert curves(later)["mg"]["auc"] == pytest.approx(1 - curves(first)["mg"]["auc"])
        assert later.memory == first.memory
        assert [guard["found"]["marker"] for guard in later.guards if guard["code"] == "G11"] == ["mg"]

    def test_each_marker_on_its_own_complete_cases(self) -> None:
        frame = paper_like()
        frame.loc[:9, "mg"] = np.nan
        found = curves(ask("paper-roc", frame=frame))
        assert {name: (curve["n"], curve["n_missing"]) for name, curve in found.items()} == {
            "mg": (190, 10),
            "ca": (200, 0),
            "p": (200, 0),
            "combined": (190, 10),
        }

    def test_every_interval_holds_the_area(self) -> None:
        for curve in MHD.payload["curves"]:
            for by in ("", "logit_", "bootstrap_"):
                assert curve[f"{by}ci_low"] < curve["auc"] < curve[f"{by}ci_high"]

    def test_the_part_of_the_area(self) -> None:
        curve = curves(MHD)["mg"]
        occurred, values = observed("mg")
        part = roc_curve(occurred, values, direction=curve["direction"]).partial_auc(0.8)
        assert curve["partial_auc"] == part
        assert 0.5 < curve["partial_auc_corrected"] < 1

    def test_the_area_is_followed_over_time(self) -> None:
        followed = {(entry["term"], entry["quantity"]): entry for entry in MHD.estimates}
        area = followed["mg", "auc"]
        assert area["ci_low"] < area["value"] < area["ci_high"]
        assert followed["combined", "auc_corrected"]["value"] < followed["combined", "auc"]["value"]
        assert followed["mg~ca", "auc_difference"]["p_value"] is not None


class TestCutOffs:
    def test_what_follows_from_the_counts(self) -> None:
        for point in curves(MHD)["mg"]["operating"]:
            tp, fp, tn, fn = (point[cell] for cell in ("tp", "fp", "tn", "fn"))
            assert (point["n"], point["n_events"]) == (tp + fp + tn + fn, tp + fn)
            assert point["ppv"] == tp / (tp + fp)
            assert point["npv_ci"] == list(wilson(tn, tn + fn))
            assert point["lr_negative"] == pytest.approx((fn / (tp + fn)) / (tn / (tn + fp)))
            low, high = point["lr_positive_ci"]
            assert low < point["lr_positive"] < high

    def test_the_first_is_the_curves_own(self) -> None:
        curve = curves(MHD)["mg"]
        shared = ("threshold", "tp", "fp", "tn", "fn", "sensitivity_ci", "specificity_ci")
        assert {name: curve["operating"][0][name] for name in shared} == {
            name: curve[name] for name in shared
        }

    def test_rules_and_cut_offs_of_the_plan(self) -> None:
        wanted = {"closest_topleft": True, "sensitivity_at_least": 0.9, "specificity_at_least": 0.8}
        found = curves(ask("mhd", asked={"rules": wanted, "thresholds": {"mg": [0.95, 1.1]}}))
        assert [point["rule"] for point in found["mg"]["operating"]] == ["youden", *wanted, "given", "given"]
        assert [point["rule"] for point in found["ca"]["operating"]] == ["youden", *wanted]
        assert rules(found["mg"])["sensitivity_at_least"]["sensitivity"] >= 0.9
        assert rules(found["mg"])["specificity_at_least"]["specificity"] >= 0.8
        _occurred, values = observed("mg")
        given = found["mg"]["operating"][-1]
        assert (given["threshold"], given["tp"] + given["fp"]) == (1.1, (values <= 1.1).sum())

    def test_a_rule_that_only_everybody_attains_says_so(self) -> None:
        lowest = mhd().assign(
            mg=lambda table: np.where(table["terminal_status"] == "death_cv", 2.0, table["mg"])
        )
        dead = lowest.index[lowest["terminal_status"] == "death_cv"]
        lowest.loc[dead[:9], "mg"] = -1.0
        given = ask("mhd", frame=lowest, asked={"rules": {"sensitivity_at_least": 1.0}})
        point = rules(curves(given)["mg"])["sensitivity_at_least"]
        assert (point["tp"], point["ppv"], point["reason"]["code"]) == (None, None, "no_cut_off")
        cut_offs = printed(given)["Cut-offs"]
        assert cut_offs.rows[1].numbers == ("–", "–", "–", "– / –", "– / –")
        assert "no cut-off attains it" in cut_offs.note

    def test_no_predictive_value_where_the_design_set_how_many_have_it(self) -> None:
        given = ask("mhd", "calcification-roc", asked={"population": {}})
        assert "G17" in codes(given)
        for curve in given.payload["curves"]:
            for point in curve["operating"]:
                assert (point["ppv"], point["npv_ci"]) == (None, None)
                assert point["predictive_reason"] == {"code": "case_control"}
                assert point["lr_positive"] is not None
        assert "Predictive values and likelihood ratios" not in printed(given)
        assert "set by the design" in printed(given)["Likelihood ratios"].note

    def test_chosen_anew_a_cut_off_does_worse(self) -> None:
        for curve in MHD.payload["curves"]:
            apparent = curve["sensitivity"] + curve["specificity"]
            assert curve["sensitivity_left_out"] + curve["specificity_left_out"] < apparent
            assert curve["threshold_ci_low"] <= curve["threshold"] <= curve["threshold_ci_high"]

    def test_the_same_seed_gives_the_same_figures(self) -> None:
        assert ask("mhd", asked=HOW).payload == MHD.payload
        other = curves(ask("mhd", asked=HOW | {"seed": 8}))["mg"]
        assert other["bootstrap_ci_low"] != curves(MHD)["mg"]["bootstrap_ci_low"]


class TestGuards:
    def test_met_demands_are_silent_and_numbers_are_given(self) -> None:
        assert "G12" not in codes(MHD)
        [cut_off] = [guard for guard in MHD.guards if guard["code"] == "G13"]
        assert (cut_off["severity"], cut_off["found"]["place"]) == ("note", "left_out")

    def test_unmet_demands_are_not(self) -> None:
        given = ask("paper-roc")
        assert {"G12", "G13", "G15"} <= set(codes(given))

    def test_sites_that_differ(self) -> None:
        rng = np.random.default_rng(3)
        frame = mhd().assign(site=lambda table: rng.choice(["A", "B", "C"], len(table)))
        told = (frame["site"] == "A") & (frame["aac24"] >= 1)
        frame.loc[told, "p"] += 2
        given = ask("mhd", "calcification-roc", frame)
        across = curves(given)["p"]["across_sites"]
        assert across.keys() == {"variable", "tested", "p_value", "reason"}
        assert (across["tested"], across["p_value"] < 0.001) == (3, True)
        [unequal] = [guard["found"]["subgroups"] for guard in given.guards if guard["code"] == "G31"]
        assert ("p", "site") in {(each["marker"], each["variable"]) for each in unequal}
        assert '"A"' not in json.dumps([given.payload, given.guards])

    def test_two_sites_are_not_told_apart(self) -> None:
        frame = mhd().assign(site=lambda table: np.where(np.arange(len(table)) % 2, "A", "B"))
        across = curves(ask("mhd", "calcification-roc", frame))["p"]["across_sites"]
        assert (across["p_value"], across["reason"]["code"]) == (None, "too_few_clusters")


class TestRefused:
    def test_too_few_events(self) -> None:
        frame = paper_like()
        events = frame.index[frame["terminal_status"] == "death_cv"]
        frame.loc[events[9:], "terminal_status"] = "admin_end"
        given = ask("paper-roc", frame=frame)
        assert given.status == "not_estimable"
        assert given.reason == {"code": "too_few_events", "n_events": 9, "n_others": 191, "needed": 10}

    @pytest.mark.parametrize(
        "changed",
        [
            {"mg": 1.0, "ca": 1.0, "p": 1.0},
            {"mg": np.nan, "ca": np.nan, "p": np.nan},
            {"terminal_status": ""},
            {"terminal_status": "death_cv"},
            {"sex": None, "age": np.nan},
        ],
    )
    @pytest.mark.parametrize("slug", ["cvd-death-roc", "calcification-roc"])
    def test_degenerate_tables_are_answered(self, slug: str, changed: dict[str, Any]) -> None:
        given = ask("mhd", slug, mhd(60).assign(**changed), asked=HOW)
        json.dumps([given.payload, given.guards, given.estimates], allow_nan=False)
        printed(given)

    def test_three_patients(self) -> None:
        given = ask("mhd", frame=mhd(3))
        assert given.status == "not_estimable"
        assert printed(given)["Areas under the curve"].rows[0].numbers[-1] == "–"

    def test_an_answer_from_before_the_further_figures_is_still_printed(self) -> None:
        payload = json.loads(json.dumps(ask("paper-roc").payload))
        kept = ("outcome", "n", "n_missing", "n_events", "curves")
        for curve in payload["curves"]:
            del curve["operating"], curve["logit_ci_low"], curve["logit_ci_high"]
        older = {name: payload[name] for name in kept}
        words = Words(load_plan("paper-roc").variables)
        [_areas, cut_offs] = tables("roc", older, words)
        assert cut_offs.rows[0].numbers[-2:] == ("42 / 6", "2 / 150")
