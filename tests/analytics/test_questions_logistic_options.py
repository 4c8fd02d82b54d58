"""What a plan may ask of a logistic model: bends, products, errors between sites, what another model adds."""

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words
from analytics.methods import methods
from analytics.plan import load_plan
from analytics.statistics import logistic
from analytics.statistics.design import design_matrix
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.methods import sentence
from tests.analytics.logistic import MHD, NHANES, Case, ask, models, one, ratio_tests, terms

WORDS = Words(load_plan("mhd").variables)


class TestBends:
    COVARIATES = ("age", "mg", "ca", "p")

    def test_as_rms_has_it(self) -> None:
        case = Case("birthwt.rcs.lwt")
        model = case.answered(covariates=["age", "smoke", "lwt"], splines={"lwt": 4})
        [spline] = model["splines"]
        assert spline["knots"] == pytest.approx(case.expected["knots"])
        bend, whole = ratio_tests(model)["nonlinear"], terms(model)["lwt"]["likelihood_ratio"]
        for ours, theirs in ((bend, "nonlinearity"), (whole, "overall")):
            expected = case.expected[theirs]
            assert (ours["df"], ours["statistic"]) == (expected["df"], pytest.approx(expected["chisq"]))

    def test_the_curve_runs_between_the_outer_knots_around_the_median(self) -> None:
        [spline] = one(covariates=self.COVARIATES, splines={"p": 4})["splines"]
        values = [point["value"] for point in spline["curve"]]
        assert (values[0], values[-1]) == pytest.approx((spline["knots"][0], spline["knots"][-1]))
        nearest = min(spline["curve"], key=lambda point: abs(point["value"] - spline["reference"]))
        assert nearest["log_odds_ratio"] == pytest.approx(0, abs=0.1)
        assert all(
            point["ci_low"] <= point["log_odds_ratio"] <= point["ci_high"] for point in spline["curve"]
        )

    def test_what_bends_is_followed_by_no_single_number_and_tested_for_no_line(self) -> None:
        bent = {"name": "bent", "title": "", "is_primary": True, "splines": {"p": 3}}
        given = ask("cvd-death-multivariable", models=[bent | {"covariates": self.COVARIATES}])
        assert [entry["term"] for entry in given.estimates] == ["age", "mg", "ca"]
        assert "p" not in [tested["variable"] for tested in models(given)["bent"]["linearity"]]

    def test_too_few_values_to_bend(self) -> None:
        model = one(MHD.assign(p=lambda table: table["p"].gt(1.8) * 1.0), covariates=["p"], splines={"p": 4})
        assert model["reason"]["code"] == "too_few_knots"

    def test_a_penalised_bend_is_ratio_tests_a_whole(self) -> None:
        model = one(covariates=["mg", "p"], splines={"p": 4}, method="firth")
        assert ratio_tests(model)["nonlinear"]["df"] == 2
        assert terms(model)["p"]["likelihood_ratio"]["df"] == 3
        assert model["splines"][0]["curve"]


class TestProducts:
    def test_as_r_has_it(self) -> None:
        case = Case("birthwt.interaction")
        model = case.answered(covariates=["lwt", "smoke", "age"], interactions=[["lwt", "smoke"]])
        assert [term["coefficient"] for term in model["terms"]] == pytest.approx(case.expected["beta"])
        product = terms(model)["lwt:smoke"]
        assert product["likelihood_ratio"]["p_value"] == pytest.approx(case.expected["lrt_by_term"]["p"][1])
        assert terms(model)["lwt"]["likelihood_ratio"] is None

    def test_the_step_of_a_product_is_that_of_its_parts(self) -> None:
        product = terms(one(covariates=["mg", "p"], interactions=[["mg", "p"]]))["mg:p"]
        assert [part["per"] for part in product["parts"]] == [0.1, 0.5]
        assert product["scaled"]["odds_ratio"] == pytest.approx(product["odds_ratio"] ** 0.05)

    def test_a_product_with_a_category(self) -> None:
        asked = {
            "name": "only",
            "title": "",
            "covariates": ["p", "smoking"],
            "interactions": [["p", "smoking"]],
        }
        [model] = ask("cvd-death-multivariable", NHANES, "nhanes-aac", models=[asked]).payload["models"]
        parts = terms(model)["p:smokingcurrent"]["parts"]
        assert [(part["variable"], part["level"]) for part in parts] == [("p", None), ("smoking", "current")]


class TestClusters:
    def table(self, sites: int) -> pd.DataFrame:
        return MHD.assign(site=[f"site {number % sites}" for number in range(len(MHD))])

    def test_errors_between_sites_stand_beside_those_of_the_model(self) -> None:
        frame = self.table(25)
        model = one(frame, covariates=["age", "mg"], clusters="site")
        assert model["clusters"] == {"by": "site", "n_clusters": 25, "reason": None}
        known = frame[(frame["group"] == "mhd") & (frame["terminal_status"] != "lost")]
        fitted = logistic.fit(
            design_matrix({"age": known["age"], "mg": known["mg"]}), known["terminal_status"] == "death_cv"
        )
        errors = np.sqrt(np.diagonal(logistic.robust_covariance(fitted, clusters=known["site"])))
        assert [term["robust"]["standard_error"] for term in model["terms"]] == pytest.approx(list(errors))
        assert terms(model)["mg"]["standard_error"] == pytest.approx(fitted.standard_errors[2])

    @pytest.mark.parametrize(
        ("sites", "options", "code"),
        [(8, {}, "too_few_clusters"), (25, {"method": "firth"}, "penalised")],
    )
    def test_why_there_are_none(self, sites: int, options: dict[str, str], code: str) -> None:
        asked = {"name": "only", "title": "", "covariates": ["age", "mg"], "clusters": "site", **options}
        given = ask("cvd-death-multivariable", self.table(sites), models=[asked])
        model = models(given)["only"]
        assert model["clusters"]["reason"]["code"] == code
        assert {term["robust"] for term in model["terms"]} == {None}
        printed = tables("logistic", given.payload, WORDS)
        assert "Errors between sites are not given" in printed[0].note
        assert len(printed) == 3

    def test_separation_leaves_the_plan_without_them_and_says_so(self) -> None:
        frame = self.table(25)
        frame["mg"] = np.where(frame["terminal_status"] == "death_cv", 0.6, 1.2) + frame["mg"] / 100
        asked = {"name": "only", "title": "", "covariates": ["age", "mg"], "clusters": "site"}
        given = ask("cvd-death-multivariable", frame, models=[asked])
        model = models(given)["only"]
        assert (model["switched_because"], model["clusters"]["reason"]) == (
            "separated",
            {"code": "penalised"},
        )
        [said] = [guard for guard in given.guards if guard["code"] == "G26"]
        assert (said["severity"], said["found"]["refused"]) == ("warn", {"only": {"code": "penalised"}})
        assert "only: the estimate is a penalised one" in remark(said, str).text

    def test_a_table_of_their_own(self) -> None:
        asked = {"name": "only", "title": "", "covariates": ["age", "mg"], "clusters": "site"}
        given = ask("cvd-death-multivariable", self.table(25), models=[asked])
        [_odds, _likelihood, robust, _models] = tables(
            "logistic", given.payload, Words(load_plan("mhd").variables)
        )
        assert "25 sites" in robust.note
        assert [len(row.cells) for row in robust.rows] == [3, 3, 3]

    def test_sites_that_nobody_recorded(self) -> None:
        model = one(covariates=["age", "mg"], clusters="site")
        assert model["clusters"]["reason"] == {"code": "missing"}

    @pytest.mark.parametrize(("options", "expected"), [({}, ["G26"]), ({"clusters": "site"}, [])])
    def test_once_clustered_nothing_is_said_of_sites(
        self, options: dict[str, str], expected: list[str]
    ) -> None:
        asked = {"name": "only", "title": "", "covariates": ["age", "mg"], **options}
        given = ask("cvd-death-multivariable", self.table(25), models=[asked])
        assert [guard["code"] for guard in given.guards if guard["code"] == "G26"] == expected


class TestAdded:
    SMALL = {"name": "small", "title": "Small", "covariates": ["age", "mg"]}
    LARGE = {"name": "large", "title": "Large", "covariates": ["age", "mg", "vit_d25"]}

    def test_what_is_added_is_tested_on_the_same_patients(self) -> None:
        asked = [self.SMALL, self.LARGE | {"added_to": "small"}]
        given = ask("cvd-death-multivariable", models=asked)
        added = ratio_tests(models(given)["large"])["added"]
        assert added["variables"] == ["vit_d25"]
        same = MHD[MHD["vit_d25"].notna()]
        smaller = models(ask("cvd-death-multivariable", same, models=[self.SMALL]))["small"]
        gain = 2 * (models(given)["large"]["log_likelihood"] - smaller["log_likelihood"])
        assert (added["df"], added["statistic"]) == (1, pytest.approx(gain))
        assert "G15" not in {guard["code"] for guard in given.guards}

    def test_what_nobody_tests_is_said(self) -> None:
        given = ask("cvd-death-multivariable", models=[self.SMALL, self.LARGE])
        [fired] = [guard for guard in given.guards if guard["code"] == "G15"]
        assert [(gain["marker"], gain["best"]) for gain in fired["found"]["gains"]] == [("large", "small")]


def test_the_methods_section_says_what_was_asked() -> None:
    plan = load_plan("mhd")
    model = {
        "name": "all",
        "title": "Everything",
        "covariates": ["age", "mg", "p"],
        "splines": {"p": 4},
        "interactions": [["age", "mg"]],
        "clusters": "site",
        "method": "firth",
        "added_to": "primary",
    }
    asked = plan.question("cvd-death-multivariable")
    sections = methods({}, [{**asked, "models": [*asked["models"], model]}], plan.variables)
    [section] = [section for section in sections if section.code == "logistic"]
    said = [sentence(each.code, each.found, WORDS) for each in section.statements]
    [about] = [text for text in said if "Everything" in text]
    for expected in (
        "Phosphorus follows a restricted cubic spline with 4 knots",
        "the product of age and magnesium",
        "between sites",
        "Firth's penalised likelihood",
        "adds to “Primary model, without Ca×P”",
    ):
        assert expected in about
