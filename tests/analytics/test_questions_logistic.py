"""Logistic questions: terms with their intervals and tests, penalised where maximum likelihood fails."""

import numpy as np
import pytest

from analytics.plan import load_plan
from tests.analytics.logistic import MHD, NHANES, Case, ask, models, one, ratio_tests, terms, with_few_events


class TestTerms:
    def test_one_model_a_covariate(self) -> None:
        given = ask("cvd-death-univariable")
        assert list(models(given)) == load_plan("mhd").question("cvd-death-univariable")["univariable"]
        assert all(model["n"] + model["n_missing"] == 200 for model in models(given).values())

    def test_odds_ratios_per_unit_and_per_step_shown(self) -> None:
        [_intercept, term] = models(ask("cvd-death-univariable"))["mg"]["terms"]
        assert term["odds_ratio"] == pytest.approx(np.exp(term["coefficient"]))
        assert (term["per"], term["scaled"]["odds_ratio"]) == (0.1, pytest.approx(term["odds_ratio"] ** 0.1))

    def test_a_category_against_its_reference(self) -> None:
        found = models(ask("calcification-univariable", NHANES, "nhanes-aac"))["smoking"]["terms"]
        assert [(term["term"], term["level"], term["reference"]) for term in found[1:]] == [
            ("smokingformer", "former", "never"),
            ("smokingcurrent", "current", "never"),
        ]

    def test_two_named_levels_are_one_against_the_other(self) -> None:
        named, coded = (terms(one(covariates=["age", sex])) for sex in ("sex", "male"))
        assert (named["sexfemale"]["level"], named["sexfemale"]["reference"]) == ("female", "male")
        assert named["sexfemale"]["coefficient"] == pytest.approx(-coded["male"]["coefficient"])

    def test_another_outcome_of_the_same_question(self) -> None:
        found = models(ask("calcification-multivariable"))
        assert found["severe"]["outcome"] == "calcified_severe"
        assert found["severe"]["n_events"] < found["primary"]["n_events"]

    def test_beside_wald_stand_profile_test_and_standard_deviation(self) -> None:
        """Against R's glm, its profile and drop1, of the births at low weight."""
        case = Case("birthwt.multi")
        model = case.answered()
        exact, tested = case.expected["profile_exact"], case.expected["lrt_by_term"]
        of_terms = dict(
            zip(case.expected["terms"], zip(exact["low"], exact["high"], strict=True), strict=True)
        )
        p_values = dict(zip(tested["term"], zip(tested["df"], tested["p"], strict=True), strict=True))
        for term in model["terms"][1:]:
            low, high = term["scaled"]["profile_low"], term["scaled"]["profile_high"]
            assert (low, high) == pytest.approx(of_terms[term["term"]], rel=1e-6)
            test = term["likelihood_ratio"]
            assert (test["df"], test["p_value"]) == pytest.approx(p_values[term["variable"]], rel=1e-8)
        assert terms(model)["lwt"]["standardised"] == pytest.approx(
            -0.015424283979852321 * 30.57938, rel=1e-5
        )

    def test_the_whole_model_against_r(self) -> None:
        case = Case("birthwt.multi")
        model = case.answered()
        for ours, theirs in (
            ("auc", "auc"),
            ("brier", "brier"),
            ("nagelkerke", "r2_nagelkerke"),
            ("shrinkage", "vanhouwelingen_shrinkage"),
            ("condition_number", "condition_number_scaled"),
            ("events_per_variable", "epv"),
        ):
            assert model[ours] == pytest.approx(case.expected[theirs], rel=1e-8), ours
        whole = ratio_tests(model)["all"]
        assert (whole["df"], whole["p_value"]) == (9, pytest.approx(case.expected["lr_p"], rel=1e-8))

    def test_estimates_of_a_second_model_carry_its_name(self) -> None:
        named = [entry["term"] for entry in ask("cvd-death-multivariable").estimates]
        assert named[:2] == ["age", "mg"]
        assert "paper.ca_x_p" in named


class TestFirth:
    @pytest.mark.parametrize(
        ("name", "switched_because"),
        [
            ("birthwt.firth", None),
            ("mhd400.firth", None),
            ("pbc.death3y.firth", None),
            ("aSAH.firth", None),
            ("edge.firth.sep", "separated"),
            ("edge.firth.qsep", "separated"),
        ],
    )
    def test_as_logistf_has_it(self, name: str, switched_because: str | None) -> None:
        """Asked for in the plan, and where the data are separated without being asked for."""
        case = Case(name)
        model = case.answered() if switched_because else case.answered(method="firth")
        assert (model["method"], model["switched_because"]) == ("firth", switched_because)
        assert [term["term"] for term in model["terms"]] == case.expected["terms"]
        for key, ours in (
            ("beta", [term["coefficient"] for term in model["terms"]]),
            ("se", [term["standard_error"] for term in model["terms"]]),
            ("ci_pl_low", [term["coefficient_ci"][0] for term in model["terms"]]),
            ("ci_pl_high", [term["coefficient_ci"][1] for term in model["terms"]]),
            ("plr_p", [term["p_value"] for term in model["terms"]]),
        ):
            assert ours == pytest.approx(case.expected[key], rel=1e-6, abs=1e-8), key

    def test_separation_switches_and_says_so(self) -> None:
        died = MHD["terminal_status"] == "death_cv"
        given = ask("cvd-death-univariable", MHD.assign(mg=np.where(died, 0.8, 1.2)))
        model = models(given)["mg"]
        assert (model["method"], model["switched_because"], model["separated"]) == (
            "firth",
            "separated",
            True,
        )
        assert terms(model)["mg"]["coefficient"] < 0
        [fired] = [guard for guard in given.guards if guard["code"] == "G7"]
        assert fired["found"] == {"model": "mg", "terms": ["mg"], "is_penalised": True}
        assert {"mg"} <= {entry["term"] for entry in given.estimates}

    def test_fewer_than_five_events_a_coefficient_switch_and_say_so(self) -> None:
        few = {"name": "few", "title": "", "covariates": ["age", "mg", "ca", "p", "vit_d25"]}
        given = ask("cvd-death-multivariable", with_few_events(20), models=[few])
        model = models(given)["few"]
        assert model["events_per_variable"] < 5
        assert (model["method"], model["switched_because"]) == ("firth", "events_per_variable")
        [fired] = [guard for guard in given.guards if guard["code"] == "G6"]
        assert (fired["found"]["is_grave"], fired["found"]["penalised"]) == (True, ["few"])

    def test_a_replication_keeps_the_method_it_replicates(self) -> None:
        model = models(ask("cvd-death-multivariable", with_few_events(20)))["paper"]
        assert model["events_per_variable"] < 5
        assert (model["method"], model["switched_because"]) == ("maximum_likelihood", None)

    def test_a_category_is_tested_whole(self) -> None:
        model = Case("pbc.death3y.firth").answered(method="firth")
        tested = terms(model)["stage2"]["likelihood_ratio"]
        assert (tested["df"], tested) == (3, terms(model)["stage4"]["likelihood_ratio"])
