"""A survival question's answer against R: every option of a plan, asked through the question itself."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.questions import answer
from tests.reference.pack import HERE, Case, Pack

OPEN, OWN = Pack(HERE / "open"), Pack(HERE / "own")
CASES = {case.id: case for pack in (OPEN, OWN) for case in pack.cases}
CLOSE: dict[str, float] = {"rel": 1e-8, "abs": 1e-10}


def outcome(case: Case, **codes: list[Any]) -> dict[str, Any]:
    """The case's outcome as a plan declares it."""
    inputs = case.inputs
    column = inputs.get("status") or inputs["event"]
    values = case.frame()[column].dropna().unique().tolist()
    parts = {"event": [1], "competing": [2]} | codes
    known = [*parts["event"], *parts["competing"]]
    return {
        "label": "Outcome",
        "from": column,
        "time": inputs.get("time", "stop"),
        **parts,
        "censored": [value for value in values if value not in known],
    }


def ask(
    case: Case, variables: dict[str, Any], codes: dict[str, list[Any]] | None = None, **asked: Any
) -> Any:
    """The payload of a survival question asked of the case's patients."""
    frame = asked.pop("frame", case.frame())
    definition = {"slug": "s", "kind": "survival", "outcomes": ["t"], "horizon": 12, "times": [], **asked}
    declared = {"t": outcome(case, **(codes or {})), **variables}
    return answer(definition, declared, frame).payload


def levels(*codes: str) -> dict[str, Any]:
    return {"label": "Group", "levels": [{"code": code, "label": code} for code in codes]}


def model(covariates: list[str], **options: Any) -> list[dict[str, Any]]:
    return [{"name": "m", "title": "M", "outcome": "t", "covariates": covariates, **options}]


def column(entries: list[dict[str, Any]], name: str) -> list[Any]:
    return [entry[name] for entry in entries]


class TestKaplanMeier:
    DEAD = {"event": [2], "competing": []}

    @pytest.mark.parametrize("scale", ["log", "log-log", "plain"])
    def test_curve_and_its_interval(self, scale: str) -> None:
        case = CASES["lung.km.sex"]
        frame = case.frame().assign(sex=lambda table: table["sex"].astype(str))
        payload = ask(
            case,
            {"sex": levels("1", "2")},
            self.DEAD,
            frame=frame,
            by="sex",
            horizon=730,
            times=case.inputs["times"],
            interval=scale,
        )
        [told] = payload["outcomes"]
        assert (told["estimand"], payload["interval"]) == ("kaplan_meier", scale)
        for entry in told["by_group"]:
            expected = case.expected["strata"][entry["group"]]
            name = f"ci_{scale.replace('-', '')}"
            at = entry["at"]
            incidence = [1 - value for value in expected["surv"]]
            assert column(at, "cumulative_incidence") == pytest.approx(incidence, **CLOSE)
            assert column(at, "standard_error") == pytest.approx(expected["se"], **CLOSE)
            assert [1 - high for high in column(at, "ci_high")] == pytest.approx(
                expected[f"{name}_low"], **CLOSE
            )
            assert [1 - low for low in column(at, "ci_low")] == pytest.approx(
                expected[f"{name}_high"], **CLOSE
            )
            assert column(at, "n_risk") == expected["n_risk"]
            assert entry["restricted_mean"] == pytest.approx(expected["rmst"], **CLOSE)
        assert told["test"]["statistic"] == pytest.approx(case.expected["logrank"]["chisq"], **CLOSE)
        assert told["test"]["p_value"] == pytest.approx(case.expected["logrank"]["p"], **CLOSE)

    def test_median_follow_up(self) -> None:
        case = CASES["lung.km.all"]
        [told] = ask(case, {}, self.DEAD)["outcomes"]
        assert told["by_group"][0]["median_follow_up"] == case.expected["reverse_km_median_followup"]


class TestCompetingEvents:
    def test_incidence_and_grays_test(self) -> None:
        case = CASES["mhd400.cr"]
        frame = case.frame().assign(diabetes=lambda table: table["diabetes"].astype(str))
        frame = frame[frame["status"].notna()]
        payload = ask(
            case, {"diabetes": levels("0", "1")}, frame=frame, by="diabetes", times=case.inputs["times"]
        )
        [told] = payload["outcomes"]
        for entry in told["by_group"]:
            expected = case.expected["groups"][entry["group"]]
            assert column(entry["at"], "cumulative_incidence") == pytest.approx(expected["cif1"], **CLOSE)
            assert column(entry["at"], "standard_error") == pytest.approx(expected["se_ij_cif1"], **CLOSE)
            assert column(entry["at"], "ci_low") == pytest.approx(expected["ci_log_low_cif1"], **CLOSE)
        assert told["test"]["p_value"] == pytest.approx(case.expected["gray_test"]["p"][0], **CLOSE)

    @pytest.mark.parametrize("scale", ["log", "log-log", "plain"])
    def test_scale_of_the_interval(self, scale: str) -> None:
        case = CASES["followed.limits"]
        [told] = ask(case, {}, times=case.inputs["times"], interval=scale)["outcomes"]
        at, expected = told["by_group"][0]["at"], case.expected["limits"][scale.replace("-", "")]
        assert column(at, "ci_low") == pytest.approx(expected["low"], **CLOSE)
        assert column(at, "ci_high") == pytest.approx(expected["high"], **CLOSE)

    def test_one_minus_kaplan_meier_is_told_of_a_replication_alone(self) -> None:
        case = CASES["mhd400.cr"]
        frame = case.frame()[lambda table: table["diabetes"] == 0]
        plain, published = (
            ask(case, {}, frame=frame, horizon=36, is_replication=is_replication)["outcomes"][0]
            for is_replication in (False, True)
        )
        assert "one_minus_kaplan_meier" not in plain["by_group"][0]
        told = published["by_group"][0]["one_minus_kaplan_meier"]["cumulative_incidence"]
        assert told == pytest.approx(case.expected["groups"]["0"]["naive_1_minus_km_cause1"][-1], **CLOSE)
        assert published["one_minus_kaplan_meier_reason"] is None

    def test_both_hazards_side_by_side(self) -> None:
        case = CASES["mhd400.fg"]
        covariates = case.inputs["vars"]
        payload = ask(case, {name: {"label": name} for name in covariates}, models=model(covariates))
        _cause, sub = payload["models"]
        assert column(sub["terms"], "coefficient") == pytest.approx(case.expected["beta"], **CLOSE)
        assert column(sub["terms"], "standard_error") == pytest.approx(case.expected["se"], **CLOSE)
        specific = case.expected["cause_specific_cox"][0]
        assert column(_cause["terms"], "coefficient") == pytest.approx(specific["beta"], **CLOSE)


class TestCox:
    @pytest.mark.parametrize("ties", ["efron", "breslow"])
    def test_ties(self, ties: str) -> None:
        case = CASES[f"lung.cox.{ties}"]
        covariates = ["age", "sex", "ph_ecog"]
        [told] = self.models(case, {name: {"label": name} for name in covariates}, covariates, ties=ties)
        self.agrees(told, case)
        assert told["ties"] == ties

    def test_a_category_against_its_first_level(self) -> None:
        case = CASES["pbc.cox.factor"]
        variables = {"sex": levels("m", "f"), "stage": levels("1", "2", "3", "4")}
        variables |= {name: {"label": name} for name in ("age", "bili")}
        # Two levels are one column of 0 and 1, as a plan derives them.
        variables["female"] = {"label": "Female", "from": "sex", "in": ["f"]}
        frame = case.frame().assign(stage=lambda table: table["stage"].astype(int).astype(str))
        [told] = self.models(case, variables, ["age", "female", "stage", "bili"], frame=frame)
        self.agrees(told, case)

    def test_strata(self) -> None:
        case = CASES["lung.cox.strata"]
        frame = case.frame().assign(sex=lambda table: table["sex"].astype(str))
        variables = {"sex": levels("1", "2"), "age": {"label": "Age"}, "wt_loss": {"label": "Weight"}}
        [told] = self.models(case, variables, ["age", "wt_loss"], frame=frame, strata=["sex"])
        self.agrees(told, case)
        assert told["concordance"] == pytest.approx(case.expected["concordance"], **CLOSE)

    @pytest.mark.parametrize("strata", [[], ["sex"]])
    def test_errors_between_sites(self, strata: list[str]) -> None:
        case = CASES["followed.sites.strata" if strata else "followed.sites"]
        variables = {"sex": levels("m", "f"), "age": {"label": "Age"}, "p": {"label": "P"}}
        variables["male"] = {"label": "Male", "from": "sex", "in": ["m"]}
        covariates = ["age", "p"] if strata else ["age", "male", "p"]
        [told] = self.models(
            case, variables, covariates, {"event": [1], "competing": []}, clusters="site", strata=strata
        )
        assert column(told["terms"], "coefficient") == pytest.approx(case.expected["beta"], **CLOSE)
        assert column(told["terms"], "standard_error") == pytest.approx(case.expected["se"], **CLOSE)
        assert told["clusters"] == {"by": "site", "n_clusters": 24, "reason": None}

    @pytest.mark.parametrize("name", ["sites", "strata_sites"])
    def test_the_subdistribution_in_strata_and_between_sites(self, name: str) -> None:
        case = CASES[f"followed.subdistribution.{name}"]
        variables = {"sex": levels("m", "f"), "age": {"label": "Age"}, "p": {"label": "P"}}
        strata = ["sex"] if name == "strata_sites" else []
        ends = {"event": [1], "competing": [2]}
        _cause, told = self.models(case, variables, ["age", "p"], ends, clusters="site", strata=strata)
        assert column(told["terms"], "coefficient") == pytest.approx(case.expected["beta"], **CLOSE)
        assert column(told["terms"], "standard_error") == pytest.approx(case.expected["se"], **CLOSE)

    def test_course_of_a_coefficient(self) -> None:
        case = CASES["followed.course"]
        variables = {"age": {"label": "Age"}, "p": {"label": "P"}}
        [told] = self.models(case, variables, ["age", "p"], {"event": [1], "competing": []}, horizon=36)
        for k, course in enumerate(told["proportional_hazards"]["courses"]):
            at = {point["time"]: point for point in course["course"]}
            for time, value, low in zip(
                case.inputs["times"], case.expected["coefficient"], case.expected["low"], strict=True
            ):
                assert at[time]["coefficient"] == pytest.approx(value[k], rel=1e-7)
                assert at[time]["ci_low"] == pytest.approx(low[k], rel=1e-7)

    @staticmethod
    def models(
        case: Case, variables: dict[str, Any], covariates: list[str], codes: Any = None, **options: Any
    ) -> list[dict[str, Any]]:
        asked = {name: options.pop(name) for name in ("frame", "horizon") if name in options}
        codes = codes or {"event": [2], "competing": []}
        return ask(case, variables, codes, models=model(covariates, **options), **asked)["models"]

    @staticmethod
    def agrees(told: dict[str, Any], case: Case) -> None:
        assert column(told["terms"], "coefficient") == pytest.approx(case.expected["beta"], **CLOSE)
        assert column(told["terms"], "standard_error") == pytest.approx(case.expected["se"], **CLOSE)
        assert column(told["terms"], "p_value") == pytest.approx(case.expected["p"], **CLOSE)
        tested = told["proportional_hazards"]
        found = [*column(tested["terms"], "p_value"), tested["overall"]["p_value"]]
        assert found == pytest.approx(case.expected["zph_km"]["p"], **CLOSE)


class TestAreas:
    @pytest.mark.parametrize("name", ["mgus2.tdauc.mspike", "pbc.tdauc.bili", "pbc.tdauc.albumin"])
    def test_area_of_a_marker_at_each_time(self, name: str) -> None:
        case = CASES[name]
        marker, times = case.inputs["marker"], case.inputs["times"]
        risk = "higher" if case.inputs["sign"] > 0 else "lower"
        wanted = {"times": times, "markers": {marker: risk}}
        [told] = ask(case, {marker: {"label": "Marker"}}, areas=wanted)["areas"]
        assert column(told["at"], "auc") == pytest.approx(case.expected["score_auc"], **CLOSE)
        assert column(told["at"], "standard_error") == pytest.approx(case.expected["score_se"], rel=1e-3)
        assert column(told["at"], "n_events") == case.expected["n_cases"]
        assert column(told["at"], "n_risk") == case.expected["n_survivors"]

    def test_too_few_events_by_then_give_no_area(self) -> None:
        case = CASES["mhd400.tdauc.mg"]
        wanted = {"times": case.inputs["times"], "markers": {"mg": "lower"}}
        [told] = ask(case, {"mg": {"label": "Mg"}}, areas=wanted)["areas"]
        early, *later = told["at"]
        assert (early["auc"], early["reason"]["code"]) == (None, "too_few_events")
        assert column(later, "auc") == pytest.approx(case.expected["score_auc"][1:], **CLOSE)


def test_rates_and_their_ratio() -> None:
    case = CASES["followed.rates"]
    codes = {"event": [1], "competing": []}
    case_outcome = {"label": "Outcome", "from": "event", "time": "stop", **codes, "censored": [0]}
    definition = {"slug": "s", "kind": "survival", "outcomes": ["t"], "by": "sex", "horizon": 24, "times": []}
    # The ratio is of the second group over the first; R divides the first by the second.
    variables = {"t": case_outcome, "sex": levels(*reversed(case.inputs["groups"]))}
    first, second = answer(definition, variables, case.frame()).payload["outcomes"][0]["by_group"]
    for entry in (first, second):
        expected = case.expected["rates"][entry["group"]]
        months = np.array([expected["rate"], expected["low"], expected["high"]]) * 1200
        assert [entry[f"rate{end}"] for end in ("", "_ci_low", "_ci_high")] == pytest.approx(months, **CLOSE)
    ratio = [second[f"rate_ratio{end}"] for end in ("", "_ci_low", "_ci_high", "_p_value")]
    assert ratio == pytest.approx([case.expected[key] for key in ("ratio", "low", "high", "p")], **CLOSE)


def test_without_an_event_in_the_first_group_there_is_no_ratio() -> None:
    frame = pd.DataFrame({"status": [0, 0, 1, 0], "stop": [9.0, 8, 7, 6], "sex": ["m", "m", "f", "f"]})
    variables = {
        "t": {"label": "T", "from": "status", "time": "stop", "event": [1], "competing": [], "censored": [0]},
        "sex": levels("m", "f"),
    }
    definition = {"slug": "s", "kind": "survival", "outcomes": ["t"], "by": "sex", "horizon": 5, "times": []}
    _first, second = answer(definition, variables, frame).payload["outcomes"][0]["by_group"]
    assert second["rate_ratio"] is None
    assert second["rate_ratio_reason"] == {"code": "no_events_in_reference"}
