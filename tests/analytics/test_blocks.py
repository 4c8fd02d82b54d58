"""Numbers not to be relied on give way to the reason; a replication shows them and says so beside them."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import guards
from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.reasons import because
from registry.presentation.suppression import withhold
from tests.analytics.logistic import MHD, ask, models, one, terms, with_few_events

OVERLAPPING = {"name": "own", "title": "Our own", "covariates": ["age", "ca", "p", "ca_x_p"]}
RNG = np.random.default_rng(11)
NEAR = MHD.assign(bmp7=lambda table: 1000 * table["ca"] + RNG.normal(0, 20, len(table)))
NEAR_MODEL = {"name": "near", "title": "Nearly", "covariates": ["age", "ca", "bmp7"]}


def asked(model: dict[str, Any], frame: pd.DataFrame = MHD, **fields: Any) -> Answer:
    return ask("cvd-death-multivariable", frame, models=[model | fields])


def calibrated(frame: pd.DataFrame = MHD, **fields: Any) -> Answer:
    loaded = load_plan("mhd")
    few = {"resamples": 20}
    return answer(loaded.question("cvd-death-calibration") | few | fields, loaded.variables, frame)


def printed(kind: str, given: Answer) -> str:
    """Everything a page prints of an answer."""
    words = Words(load_plan("mhd").variables)
    found = tables(kind, given.payload, words)
    cells = [cell for table in found for row in table.rows for cell in row.cells]
    figures = [figure.svg for figure in draw(kind, given.payload, words)]
    return "\n".join([*cells, *(table.note for table in found), *figures])


class TestDerivedBesideParents:
    GIVEN = asked(OVERLAPPING)

    def test_the_set_has_no_numbers_and_says_why(self) -> None:
        model = models(self.GIVEN)["own"]
        reason = {"code": "derived_beside_parents"}
        found = terms(model)
        for name in ("ca", "p", "ca_x_p"):
            assert (found[name]["coefficient"], found[name]["scaled"], found[name]["p_value"]) == (None,) * 3
            assert found[name]["reason"] == reason
        assert found["age"]["coefficient"] > 0
        assert model["block"] == {"code": reason["code"], "covariates": ["ca_x_p", "ca", "p"]}
        assert [tested["variable"] for tested in model["linearity"]] == ["age"]
        assert "computed from" in because(reason)

    def test_no_number_is_followed(self) -> None:
        assert [entry["term"] for entry in self.GIVEN.estimates] == ["own.age"]

    def test_page_and_figure_say_why(self) -> None:
        assert printed("logistic", self.GIVEN).count("not shown: overlaps by construction") > 6

    def test_what_is_said_of_it(self) -> None:
        [fired] = [guard for guard in self.GIVEN.guards if guard["code"] == "G4"]
        assert (fired["severity"], fired["found"]["numbers"]) == ("block", "withdrawn")
        assert remark(fired, str).advice.endswith("Their numbers are not shown.")

    def test_what_is_gone_is_headed_so_and_what_a_replication_keeps_is_not_to_be_relied_on(self) -> None:
        kept = asked(OVERLAPPING, is_replication=True)
        for given, label in ((self.GIVEN, "Not shown"), (kept, "Do not rely on this")):
            [said] = [guard for guard in given.guards if guard["code"] == "G4"]
            assert remark(said, str).label == label

    def test_a_replication_is_shown_under_its_label_beside_the_numbers(self) -> None:
        given = asked(OVERLAPPING, is_replication=True)
        assert terms(models(given)["own"])["ca_x_p"]["coefficient"] is not None
        assert models(given)["own"]["block"]["code"] == "derived_beside_parents"
        assert {entry["term"] for entry in given.estimates} >= {"own.ca_x_p"}
        assert printed("logistic", given).count("Do not rely on this: covariates overlap") == 3
        [fired] = [guard for guard in given.guards if guard["code"] == "G4"]
        assert remark(fired, str).advice.endswith("because the study gave them.")

    def test_a_whole_question_may_be_the_replication(self) -> None:
        given = ask("cvd-death-multivariable", models=[OVERLAPPING], is_replication=True)
        assert terms(models(given)["own"])["ca_x_p"]["coefficient"] is not None
        assert calibrated(models=[OVERLAPPING], is_replication=True).status == "done"

    def test_a_curve_of_the_set_is_not_drawn(self) -> None:
        [spline] = models(asked(OVERLAPPING, splines={"p": 3}))["own"]["splines"]
        assert (spline["curve"], spline["reason"]["code"]) == ([], "derived_beside_parents")

    def test_what_follows_exactly_is_found_though_the_plan_declares_nothing(self) -> None:
        model = {"name": "own", "title": "Our own", "covariates": ["age", "ca", "p", "bmp7"]}
        for made in (MHD["ca"] + MHD["p"], (MHD["ca"] * MHD["p"]).round(3)):
            given = asked(model, MHD.assign(bmp7=made))
            assert models(given)["own"]["block"]["covariates"] == ["bmp7", "ca", "p"]
            assert terms(models(given)["own"])["ca"]["coefficient"] is None
            assert [entry["term"] for entry in given.estimates] == ["own.age"]

    def test_a_class_is_computed_from_what_it_is_a_class_of(self) -> None:
        given = asked({"name": "own", "title": "Our own", "covariates": ["age", "aac24", "calcified"]})
        assert models(given)["own"]["block"]["covariates"] == ["calcified", "aac24"]


class TestCollinear:
    def test_nearly_the_same_covariates(self) -> None:
        given = asked(NEAR_MODEL, NEAR)
        model = models(given)["near"]
        assert min(model["vif"]["ca"], model["vif"]["bmp7"]) > 10
        assert model["block"] == {"code": "nearly_collinear", "covariates": ["ca", "bmp7"]}
        assert [entry["term"] for entry in given.estimates] == ["near.age"]
        assert "not shown: nearly collinear" in printed("logistic", given)
        assert "nearly follows" in because({"code": "nearly_collinear"})

    def test_a_measurement_far_from_zero_is_no_collinearity(self) -> None:
        """Its condition number is above 30 for the intercept alone; its inflation is 1."""
        model = models(ask("cvd-death-multivariable"))["primary"]
        assert model["condition_number"] > 30
        assert (model["entangled"], model["block"]) == (["ca"], None)

    def test_a_near_dependency_blocks_below_an_inflation_of_ten(self) -> None:
        described = {
            "name": "m",
            "is_replication": False,
            "vif": {"ca": 7.0, "p": 6.0, "age": 5.5},
            "condition_number": 45.0,
            "entangled": ["ca", "p"],
        }
        fired = guards.collinear(described)
        assert fired is not None
        assert (fired["severity"], fired["found"]["blocked"]) == ("block", ["ca", "p"])
        assert "condition number is 45" in remark(fired, str).text
        alone = guards.collinear(described | {"entangled": ["ca"]})
        assert alone is not None
        assert (alone["severity"], alone["found"]["blocked"]) == ("warn", [])

    def test_products_and_bends_are_not_taken_for_collinearity(self) -> None:
        model = one(covariates=["age", "mg", "p"], interactions=[["mg", "p"]], splines={"age": 4})
        assert max(model["vif"].values()) < 2
        assert model["block"] is None


class TestCalibration:
    def test_a_blocked_model_is_not_calibrated(self) -> None:
        given = calibrated(models=[OVERLAPPING])
        assert (given.status, given.reason) == ("not_estimable", {"code": "derived_beside_parents"})
        assert given.estimates == []
        assert {"G4", "G5"} <= {guard["code"] for guard in given.guards}

    def test_a_replication_is_calibrated_under_its_label(self) -> None:
        given = calibrated()
        [paper] = [model for model in given.payload["models"] if model["name"] == "paper"]
        assert (paper["block"]["code"], paper["reason"]) == ("derived_beside_parents", None)
        said = printed("calibration", given)
        assert "(replication): do not rely on this" in said
        assert "Do not rely on this</text>" in said

    def test_nothing_is_calibrated_on_fewer_than_five_events_a_coefficient(self) -> None:
        primary = calibrated(with_few_events(20)).payload["models"][0]
        assert primary["reason"] == {"code": "too_few_events_per_variable"}
        assert primary["auc"] is None

    def test_separation_is_said(self) -> None:
        died = MHD["terminal_status"] == "death_cv"
        given = calibrated(MHD.assign(mg=np.where(died, 0.8, 1.2)))
        assert given.payload["models"][0]["reason"]["code"] == "separated"
        [fired, *_others] = [guard for guard in given.guards if guard["code"] == "G7"]
        assert not fired["found"]["is_penalised"]


class TestDegenerate:
    COVARIATES = ("age", "mg", "ca", "p", "vit_d25", "ca_x_p")

    @pytest.mark.parametrize(
        "frame",
        [
            MHD.head(3),
            MHD.assign(mg=1.0),
            MHD.assign(mg=lambda table: table["ca"]),
            MHD.assign(mg=np.nan),
            MHD.assign(terminal_status="death_cv"),
            MHD.assign(mg=np.where(MHD["terminal_status"] == "death_cv", 0.8, 1.2), ca=0.0),
            MHD.assign(p=1e300, ca=1e-300),
        ],
        ids=["three", "constant", "twice", "missing", "one class", "separated", "extreme"],
    )
    @pytest.mark.parametrize(
        "options",
        [{}, {"method": "firth"}, {"splines": {"mg": 3}}, {"interactions": [["mg", "ca"]]}],
        ids=["plain", "firth", "bent", "product"],
    )
    def test_is_answered_with_numbers_or_a_reason(self, frame: pd.DataFrame, options: dict[str, Any]) -> None:
        for covariates in (["mg"], ["age", "mg", "ca", "p"]):
            if not {"ca"} <= set(covariates) and "interactions" in options:
                continue
            given = asked({"name": "only", "title": "Only", "covariates": covariates}, frame, **options)
            json.dumps([given.payload, given.guards, given.estimates, given.reason], allow_nan=False)
            if given.status == "done":
                assert printed("logistic", given)


def test_nothing_of_a_small_sample_is_told() -> None:
    given = asked(NEAR_MODEL, splines={"age": 3}, clusters="site")
    model = withhold(given.payload, 60)["models"][0]
    assert (model["terms"], model["tests"], model["auc"], model["condition_number"]) == ([], [], None, None)
    assert (model["splines"][0]["curve"], model["splines"][0]["n_events"]) == ([], None)
    assert model["reason"] == {"code": "withheld"}


@pytest.mark.parametrize(("exposed", "is_told"), [(3, False), (12, True)])
def test_a_penalised_odds_ratio_tells_no_small_cell(exposed: int, is_told: bool) -> None:
    """All who were exposed died: Firth's estimate would give their number away."""
    died = np.r_[np.ones(40), np.zeros(60)]
    frame = pd.DataFrame(
        {"died": np.where(died == 1, "yes", "no"), "seen": np.where(np.arange(100) < exposed, "yes", "no")}
    )
    variables = {"dead": {"from": "died", "in": ["yes"]}, "exposed": {"from": "seen", "in": ["yes"]}}
    asked = {"kind": "logistic", "slug": "few", "outcome": "dead", "univariable": ["exposed"]}
    payload = answer(asked, variables, frame).payload
    assert payload["models"][0]["switched_because"] == "separated"
    assert bool(withhold(payload, 5)["models"][0]["terms"]) == is_told
