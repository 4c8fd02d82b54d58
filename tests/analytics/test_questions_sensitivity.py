"""Sensitivity questions: complete patients beside imputed ones, what is said of it and shown."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import guards
from analytics.figures import draw
from analytics.plan import load_plan
from analytics.questions import answer
from analytics.replication.blocks import blocks_of
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.suppression import withhold, withhold_guards
from tests.analytics.sensitivity import (
    ANSWER,
    COMPLETE,
    IMPUTED,
    PLAN,
    WORDS,
    ask,
    died,
    terms,
    with_limits,
)
from tests.analytics.tables import mhd, nhanes


class TestModels:
    def test_complete_patients_are_those_of_the_logistic_question(self) -> None:
        asked = PLAN.question("cvd-death-multivariable")
        primary = answer(asked, PLAN.variables, with_limits()).payload["models"][0]
        for name, term in terms(primary).items():
            assert terms(COMPLETE)[name]["odds_ratio"] == pytest.approx(term["odds_ratio"], rel=1e-9)
            assert terms(COMPLETE)[name]["p_value"] == pytest.approx(term["p_value"], rel=1e-6)

    def test_few_events_are_penalised_as_in_the_logistic_question(self) -> None:
        frame = with_limits()
        frame.loc[died(frame)[18:], "terminal_status"] = ""
        given = ask(frame)
        primary = answer(PLAN.question("cvd-death-multivariable"), PLAN.variables, frame).payload["models"][0]
        complete, imputed = given.payload["models"]
        assert {each["method"] for each in (primary, complete, imputed)} == {"firth"}
        for name, term in terms(primary).items():
            for number in ("odds_ratio", "ci_low", "ci_high", "p_value"):
                assert terms(complete)[name][number] == pytest.approx(term[number], rel=1e-6)
        assert abs(terms(imputed)["age"]["shift"]) < 1
        [said] = [each for each in given.guards if each["code"] == "G6"]
        assert said["found"]["events_per_variable"] == 18 / 5
        assert said["found"]["penalised"] == ["imputed", "complete"]
        assert "Firth" in tables("sensitivity", given.payload, WORDS)[0].note

    def test_only_what_has_gaps_loses_much_information(self) -> None:
        imputed = ask(with_limits(), imputations=20).payload["models"][1]
        missing = {name: term["fraction_missing"] for name, term in terms(imputed).items()}
        assert missing["vit_d25"] > 0.05
        assert max(missing[name] for name in ("age", "mg", "ca", "p")) < 0.03

    def test_how_far_a_coefficient_moved(self) -> None:
        before, after = terms(COMPLETE)["mg"], terms(IMPUTED)["mg"]
        moved = (after["coefficient"] - before["coefficient"]) / before["standard_error"]
        assert after["shift"] == pytest.approx(moved)
        assert terms(IMPUTED)["(Intercept)"]["shift"] is None

    def test_whom_complete_cases_leave_out(self) -> None:
        patients = mhd().query("group == 'mhd'")
        lost = ANSWER.payload["lost"]["by_outcome"]["yes"]
        assert lost["n"] == len(died(patients)) == ANSWER.payload["n_events"]
        assert lost["count"] == int(patients.loc[died(patients), "vit_d25"].isna().sum())
        assert [pattern["lacking"] for pattern in ANSWER.payload["patterns"]] == [[], ["vit_d25"]]

    def test_patients_with_an_unknown_outcome_are_no_part_of_it(self) -> None:
        n_lost = int((mhd().query("group == 'mhd'")["terminal_status"] == "lost").sum())
        assert (ANSWER.payload["n"], ANSWER.payload["n_missing"]) == (200 - n_lost, n_lost)

    def test_the_seed_decides_and_the_order_of_the_patients_does_not(self) -> None:
        shuffled = with_limits().sample(frac=1, random_state=1)
        same, other = terms(ask(shuffled).payload["models"][1]), ask(with_limits(), seed=2).payload
        for name, term in terms(IMPUTED).items():
            assert same[name]["coefficient"] == pytest.approx(term["coefficient"], rel=1e-9)
        assert terms(other["models"][1])["vit_d25"] != terms(IMPUTED)["vit_d25"]

    def test_imputed_log_odds_ratios_are_followed(self) -> None:
        assert [entry["term"] for entry in ANSWER.estimates] == ["age", "mg", "ca", "p", "vit_d25"]
        assert ANSWER.estimates[1]["value"] == terms(IMPUTED)["mg"]["coefficient"]

    def test_imputing_gives_back_what_complete_cases_lose(self) -> None:
        """The marker is missing in half of those who died and were young: complete patients are older."""
        frame = mhd(600, seed=3).query("group == 'mhd'")
        rng = np.random.default_rng(1)
        whole = ask(frame, covariates=["age", "mg"]).payload["models"][0]
        gone = died(frame).intersection(frame.index[frame["age"] < 60])
        frame.loc[gone[rng.random(len(gone)) < 0.5], "mg"] = np.nan
        complete, imputed = ask(frame, covariates=["age", "mg"]).payload["models"]
        truth = terms(whole)["age"]["coefficient"]
        assert abs(terms(complete)["age"]["coefficient"] - truth) > 0.015
        assert abs(terms(imputed)["age"]["coefficient"] - truth) < 0.005

    def test_levels_and_what_is_derived_from_a_missing_value(self) -> None:
        plan, frame = load_plan("nhanes-aac"), nhanes(600)
        frame.loc[::9, "aac24"] = np.nan
        frame.loc[::11, "smoking"] = None
        frame.loc[::7, "albumin"] = np.nan
        frame["ca_corrected"] = frame["ca"] + 0.02 * (40 - frame["albumin"])
        covariates = ["age", "smoking", "ca_corrected", "calcified"]
        asked = plan.question("cvd-death-sensitivity") | {"covariates": covariates, "imputations": 3}
        given = answer(asked, plan.variables, frame)
        imputed = given.payload["models"][1]
        assert imputed["reason"] is None
        assert {"smokingformer", "smokingcurrent", "ca_corrected", "calcified"} <= terms(imputed).keys()


class TestGuards:
    def test_a_coefficient_that_moves(self) -> None:
        [said] = [each for each in ANSWER.guards if each["found"].get("place") == "moved"]
        assert "ca" in said["found"]["moved"]
        assert "standard errors" in remark(said, str).text

    def test_imputed_values_that_change_nothing(self) -> None:
        still = {"terms": [{"variable": "mg", "shift": 0.4}, {"variable": "(Intercept)", "shift": None}]}
        assert guards.moved_by_imputing(still) is None

    def test_a_difference_that_hangs_on_the_limit(self) -> None:
        tests = [{"p_value": p_value, "given": []} for p_value in (0.03, 0.07, None)]
        row: dict[str, Any] = {"variable": "hs_crp", "tests": tests}
        said = guards.hangs_on_the_limit([row])
        assert said is not None
        assert "hs_crp: P\u00a0=\u00a00.03 to P\u00a0=\u00a00.07" in remark(said, str).text
        adjusted = {"p_value": 0.5, "given": ["age"]}
        assert guards.hangs_on_the_limit([row | {"tests": [tests[0], adjusted]}]) is None

    def test_losses_of_a_model_point_here(self) -> None:
        lost = [{"name": "primary", "n": 90, "n_missing": 10}]
        said = guards.missing(lost, "name", PLAN.variables["cvd_death"])
        assert said is not None
        assert "cvd-death-sensitivity" in remark(said, str).advice


class TestConvergence:
    def test_chains_that_mix_are_told_and_not_warned_of(self) -> None:
        told = ANSWER.payload["convergence"]
        assert told["variable"] in ("vit_d25", "bmp7", "hs_crp")
        assert 0.9 < told["reduction"] < 1.2
        assert "chains" not in {each["found"].get("place") for each in ANSWER.guards}
        note = tables("sensitivity", ANSWER.payload, WORDS)[0].note
        assert f"R-hat {told['reduction']:.2f} at most" in note

    def test_chains_that_do_not_mix_are_warned_of(self) -> None:
        """Two quantities missing together, each all but the other's copy: what one chain drew stays drawn."""
        frame = mhd()
        frame["bmp7"] = frame["vit_d25"] * 3 + np.random.default_rng(1).normal(0, 0.01, len(frame))
        frame.loc[frame.index[:120], ["vit_d25", "bmp7"]] = np.nan
        given = ask(frame, auxiliary=["bmp7"], method="norm", imputations=20)
        told = given.payload["convergence"]
        assert told["reduction"] > 1.2
        assert told["autocorrelation"] > 0.5
        [said] = [each for each in given.guards if each["found"].get("place") == "chains"]
        assert (said["code"], said["severity"]) == ("G22", "warn")
        assert "have not come to the same place" in remark(said, str).text
        assert "more iterations" in remark(said, str).advice

    def test_too_few_iterations_cannot_tell(self) -> None:
        given = ask(mhd(), iterations=2)
        assert given.payload["convergence"]["reason"]["code"] == "too_few_iterations"
        assert "too few" in tables("sensitivity", given.payload, WORDS)[0].note

    def test_nothing_imputed_has_no_chains(self) -> None:
        frame = mhd().fillna({"vit_d25": 15.0, "bmp7": 80.0, "hs_crp": 4.0})
        assert ask(frame).payload["convergence"] is None


class TestBlocks:
    DERIVED = ("age", "ca", "p", "ca_x_p")

    def test_a_quantity_beside_what_it_is_computed_from_gives_its_reason(self) -> None:
        given = ask(mhd(), covariates=list(self.DERIVED))
        assert given.reason == {"code": "derived_beside_parents"}
        assert (given.status, given.estimates) == ("not_estimable", [])
        assert draw("sensitivity", given.payload, WORDS)
        assert tables("sensitivity", given.payload, WORDS)

    def test_a_replication_stands_under_its_block(self) -> None:
        given = ask(mhd(), covariates=list(self.DERIVED), is_replication=True)
        blocks = blocks_of(given.payload)
        followed = [each["term"] for each in given.estimates]
        assert followed == list(self.DERIVED)
        assert [(term, "log_odds_ratio") in blocks for term in followed] == [False, True, True, True]


class TestReasons:
    def test_nothing_is_missing(self) -> None:
        frame = mhd().fillna({"vit_d25": 15.0, "bmp7": 80.0, "hs_crp": 4.0})
        complete, imputed = ask(frame).payload["models"]
        assert complete["reason"] is None
        assert imputed["reason"] == {"code": "nothing_missing"}

    @pytest.mark.parametrize(
        ("change", "complete", "imputed"),
        [
            ({"vit_d25": np.nan}, "too_few_complete", "too_few_observed"),
            ({"terminal_status": ""}, "too_few_complete", "too_few_events"),
            ({"terminal_status": "lost"}, "too_few_complete", "too_few_events"),
            ({"terminal_status": "death_cv"}, "too_few_complete", "too_few_events"),
            ({"group": "mhd", "mg": 1.0}, None, None),
        ],
    )
    def test_degenerate_tables(
        self, change: dict[str, Any], complete: str | None, imputed: str | None
    ) -> None:
        given = ask(with_limits().assign(**change))
        codes = [model["reason"] and model["reason"]["code"] for model in given.payload["models"]]
        assert codes == [complete, imputed]
        assert given.status == ("done" if complete is None else "not_estimable")

    def test_separated(self) -> None:
        frame = with_limits()
        frame["age"] = np.where(frame["terminal_status"] == "death_cv", 80.0, 50.0)
        given = ask(frame)
        for model in given.payload["models"]:
            assert (model["method"], model["switched_because"]) == ("firth", "separated")
        assert "G7" in {each["code"] for each in given.guards}
        assert "Firth" in tables("sensitivity", given.payload, WORDS)[0].note

    @pytest.mark.parametrize("n", [0, 3])
    def test_hardly_anyone(self, n: int) -> None:
        assert ask(with_limits().head(n)).status == "not_estimable"


class TestWithheld:
    def lacking(self, n_died: int) -> pd.DataFrame:
        """Vitamin D missing in so many who died and in 20 others, hs-CRP below the limit in as many."""
        frame = mhd().assign(vit_d25=np.linspace(5, 40, 400), hs_crp_limit="")
        others = frame.index[frame["terminal_status"] == ""][:20]
        chosen = died(frame)[:n_died].union(others)
        frame.loc[chosen, "vit_d25"] = np.nan
        frame.loc[chosen, "hs_crp_limit"] = "<"
        return frame

    def test_one_small_cell_takes_the_other_with_it(self) -> None:
        seen = withhold(ask(self.lacking(2)).payload, 5)
        cells = seen["lost"]["by_outcome"].values()
        assert [cell["count"] for cell in cells] == [None, None]
        assert not any("n_missing" in cell for row in seen["rows"] for cell in row["groups"].values())
        assert not any("n" in model or "n_events" in model for model in seen["models"])

    def test_few_below_detection(self) -> None:
        given = ask(self.lacking(2))
        seen = withhold(given.payload, 5)
        [row] = [row for row in seen["rows"] if row["variable"] == "hs_crp"]
        assert (row["groups"]["yes"]["count"], row["tests"], row["p_value"]) == (None, [], None)
        assert row["is_withheld"]
        told = withhold_guards(given.guards, seen, 5)
        assert [each for each in told if "hs_crp" in str(each["found"].get("turned"))] == []
        assert draw("sensitivity", seen, WORDS)
        assert "Withheld" in [row.heading for row in tables("sensitivity", seen, WORDS)[-1].rows]

    def test_a_pattern_of_few(self) -> None:
        frame = self.lacking(8)
        frame.loc[frame.index[3], "mg"] = np.nan
        seen = withhold(ask(frame).payload, 5)
        assert seen["patterns"] == []
        assert len(tables("sensitivity", seen, WORDS)[1].rows) == 2

    def test_many_are_told(self) -> None:
        assert withhold(ask(self.lacking(8)).payload, 5)["lost"]["by_outcome"]["yes"]["count"] == 8

    def test_a_reason_does_not_tell_how_many_are_complete(self) -> None:
        frame = mhd()
        frame.loc[died(frame)[:-7], "vit_d25"] = np.nan
        assert ask(frame).payload["models"][0]["reason"] == {"code": "too_few_complete", "needed": 10}


class TestShown:
    def test_a_forest_and_the_treatments(self) -> None:
        forest, limits = draw("sensitivity", ANSWER.payload, WORDS)
        assert (forest.name, limits.name) == ("forest", "limits-hs_crp")
        assert [row.heading for row in forest.table.rows].count("Magnesium, per 0.1 mmol/L") == 2
        assert [row.heading for row in limits.table.rows][-1].endswith(
            "(Tobit), given age, male sex, diabetes"
        )

    def test_tables(self) -> None:
        odds, gaps, limits = tables("sensitivity", ANSWER.payload, WORDS)
        assert len(odds.rows) == 5
        assert "5 imputed tables" in odds.note
        assert [len(row.cells) for row in gaps.rows] == [2, 2, 2]
        assert {len(row.cells) for row in limits.rows} == {len(limits.columns)}

    def test_one_model_alone(self) -> None:
        given = ask(mhd().fillna({"vit_d25": 15.0, "bmp7": 80.0, "hs_crp": 4.0}))
        [odds, *_rest] = tables("sensitivity", given.payload, WORDS)
        assert odds.rows[0].cells[3:] == ("–", "–", "–", "–")
        assert "not estimable" in draw("sensitivity", given.payload, WORDS)[0].svg
