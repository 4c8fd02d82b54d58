"""Questions over time: the course by group, and a hazard under each treatment of time."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.tables import tables
from registry.presentation.guards import remark
from registry.presentation.reasons import because
from registry.presentation.suppression import withhold, withhold_guards
from tests.analytics.tables import draws_of, mhd

MHD = mhd(300)
DRAWS = draws_of(MHD)
PLAN = load_plan("mhd")
WORDS = Words(PLAN.variables)


def ask(draws: pd.DataFrame | None = DRAWS, frame: pd.DataFrame = MHD, **fields: Any) -> Answer:
    definition = PLAN.question("phosphorus-over-time") | fields
    given = answer(definition, PLAN.variables, frame, draws=draws)
    json.dumps([given.payload, given.guards], allow_nan=False)
    return given


def models(given: Answer) -> dict[str, dict[str, Any]]:
    return {model["name"]: model for model in given.payload["models"]}


def coefficients(given: Answer) -> dict[str, dict[str, Any]]:
    """The terms of the mixed model: those of the groups, then the covariates."""
    terms = [term for group in given.payload["by_group"] for term in group["terms"]]
    return {term["term"]: term for term in [*terms, *models(given)["course"]["terms"]]}


def codes(given: Answer) -> set[str]:
    return {guard["code"] for guard in given.guards}


class TestCourse:
    def test_each_group_at_each_planned_time(self) -> None:
        given = ask()
        groups = given.payload["by_group"]
        assert [group["group"] for group in groups] == ["0-1", "2-5", "6-24"]
        assert [point["time"] for point in groups[0]["at"]] == [0, 3, 6, 9, 12]
        patients = MHD[(MHD["group"] == "mhd") & (MHD["aac24"] < 2)]
        first = groups[0]["at"][0]
        assert (first["n"], first["mean"]) == (len(patients), pytest.approx(patients["p"].mean()))

    def test_the_change_that_was_put_in_is_found(self) -> None:
        given = ask(by="group", covariates=[])
        change = coefficients(given)["time"]
        # One per cent a month of about 1.95 mmol/L.
        assert change["coefficient_ci"][0] < 0.24 < change["coefficient_ci"][1]
        assert 0 < models(given)["course"]["icc"] < 1

    def test_groups_differ_in_level_and_in_change(self) -> None:
        terms = coefficients(ask())
        assert terms["time:aac24_class6-24"]["role"] == "change"
        assert terms["aac24_class6-24"]["reference"] == "0-1"
        assert terms["age"]["per"] == 10

    def test_the_lines_are_those_of_the_model(self) -> None:
        given = ask()
        terms = {name: term["coefficient"] for name, term in coefficients(given).items()}
        last = given.payload["by_group"][2]
        assert last["slope"] == pytest.approx(terms["time"] + terms["time:aac24_class6-24"])
        assert last["intercept"] == pytest.approx(terms["(Intercept)"] + terms["aac24_class6-24"])

    def test_without_slopes_of_their_own(self) -> None:
        course = models(ask(random_slope=False))["course"]
        assert course["slope_variance"] is None
        assert course["residual_variance"] > 0

    def test_a_variance_at_its_boundary_is_told(self) -> None:
        noise = np.random.default_rng(5).normal(0, 0.02, len(DRAWS))
        up_and_down = np.where(DRAWS.groupby("patient").cumcount() % 2, 1.6, 2.0)
        given = ask(DRAWS.assign(p=up_and_down + noise))
        assert models(given)["course"]["is_boundary"]
        [mixed, _ratios] = tables("longitudinal", given.payload, WORDS)
        assert "too narrow" in mixed.note

    def test_without_groups_everyone_is_one(self) -> None:
        definition = dict(PLAN.question("phosphorus-over-time"))
        del definition["by"]
        given = answer(definition, PLAN.variables, MHD, draws=DRAWS)
        [group] = given.payload["by_group"]
        assert group["group"] == "all"
        assert draw("longitudinal", given.payload, WORDS)
        assert tables("longitudinal", given.payload, WORDS)


class TestHazards:
    def test_each_treatment_counts_from_its_own_time(self) -> None:
        found = models(ask())
        assert [found[name]["starts"] for name in ("baseline", "landmark", "time_averaged")] == [0, 7, 7]
        followed = MHD[(MHD["group"] == "mhd") & (MHD["follow_up_months"] > 7)]
        landmark = found["landmark"]
        assert landmark["n"] + landmark["n_missing"] == len(followed)
        assert found["time_updated"]["n"] == found["baseline"]["n"]

    def test_the_lab_comes_first_and_the_covariates_after(self) -> None:
        terms = [term["variable"] for term in models(ask())["time_updated"]["terms"]]
        assert terms == ["p", "age", "diabetes"]

    def test_a_competing_event_makes_it_the_hazard_of_the_cause(self) -> None:
        assert models(ask())["time_updated"]["estimand"] == "cause_specific"

    def test_a_hazard_that_follows_the_latest_value_is_found_by_updating_alone(self) -> None:
        rng = np.random.default_rng(11)
        n = 400
        value = rng.normal(size=(n, 12))
        # In each month the hazard follows the value of that month.
        dies = rng.random((n, 12)) < 0.03 * np.exp(value)
        end = np.where(dies.any(axis=1), dies.argmax(axis=1) + 1.0, 12.0)
        frame = pd.DataFrame(
            {
                "study_id": [f"S{k}" for k in range(n)],
                "p": value[:, 0],
                "follow_up_months": end,
                "terminal_status": np.where(dies.any(axis=1), "death_cv", ""),
            }
        )
        patient, month = np.repeat(np.arange(n), 12), np.tile(np.arange(12.0), n)
        draws = pd.DataFrame({"patient": patient, "months": month, "p": value.ravel()})
        draws = draws[draws["months"] < end[draws["patient"]]]
        question = {"population": {}, "covariates": [], "by": None}
        definition = {
            key: field
            for key, field in (PLAN.question("phosphorus-over-time") | question).items()
            if field is not None
        }
        found = models(answer(definition, PLAN.variables, frame, draws=draws))
        [updated], [baseline] = found["time_updated"]["terms"], found["baseline"]["terms"]
        assert updated["coefficient_ci"][0] < 1 < updated["coefficient_ci"][1]
        assert baseline["coefficient_ci"][1] < 1


class TestMeasuredLate:
    def test_an_average_of_the_whole_follow_up_from_time_zero(self) -> None:
        definition = dict(PLAN.question("phosphorus-over-time"))
        del definition["landmark"]
        definition["predictors"] = [{"name": "time_averaged", "title": "Average"}]
        given = answer(definition, PLAN.variables, MHD, draws=DRAWS)
        [said] = [guard for guard in given.guards if guard["code"] == "G27"]
        [model] = said["found"]["models"]
        assert model["count"] == models(given)["time_averaged"]["measured_late"]["count"] > 0
        told = remark(said, {"time_averaged": "Average"}.get)
        assert "Average" in told.text
        assert "landmark" in told.advice

    def test_a_baseline_value_from_after_time_zero(self) -> None:
        late = DRAWS.assign(months=DRAWS["months"] + 0.5)
        assert "G27" in codes(ask(late, predictors=[{"name": "baseline", "title": "Baseline"}]))

    def test_silent_where_every_value_was_known_when_counting_began(self) -> None:
        assert "G27" not in codes(ask())

    def test_few_of_them_are_not_counted_out(self) -> None:
        late = DRAWS.copy()
        late.loc[late["patient"] < 3, "months"] += 0.5
        given = ask(late)
        [said] = [
            guard
            for guard in withhold_guards(given.guards, withhold(given.payload, 5), 5)
            if guard["code"] == "G27"
        ]
        assert said["found"]["models"][0]["count"] is None
        assert remark(said, str).text


class TestOneRowEach:
    def test_a_table_with_a_patient_twice_is_refused(self) -> None:
        twice = pd.concat([MHD, MHD[:2]], ignore_index=True)
        for slug in ("phosphorus-over-time", "cvd-death-multivariable"):
            given = answer(PLAN.question(slug), PLAN.variables, twice)
            assert given.reason == {"code": "repeated_rows"}
            [said] = given.guards
            assert (said["code"], said["severity"]) == ("G26", "warn")
            assert "2 rows" in remark(said, str).text


def once(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop_duplicates("patient")


class TestNotEstimable:
    @pytest.mark.parametrize("draws", [None, DRAWS[:0], DRAWS.drop(columns="p"), DRAWS.assign(p=np.nan)])
    def test_without_measurements_there_is_no_answer(self, draws: pd.DataFrame | None) -> None:
        given = ask(draws)
        assert (given.status, given.reason) == ("not_estimable", {"code": "no_measurements"})
        assert because(given.reason or {})
        draw("longitudinal", given.payload, WORDS)
        tables("longitudinal", given.payload, WORDS)

    @pytest.mark.parametrize(
        ("draws", "course", "updated"),
        [
            (once(DRAWS), {"code": "no_repeats"}, None),
            (DRAWS.assign(p=1.8), {"code": "constant", "variable": "value"}, "constant"),
            (DRAWS[DRAWS["patient"].isin([0, 1])], None, "too_few_events"),
        ],
    )
    def test_what_cannot_be_estimated_says_why_beside_what_can(
        self, draws: pd.DataFrame, course: dict[str, Any] | None, updated: str | None
    ) -> None:
        found = models(ask(draws))
        assert course is None or found["course"]["reason"] == course
        reason = found["time_updated"]["reason"]
        assert (reason and reason["code"]) == updated
        assert found["baseline"]["reason"] is None

    @pytest.mark.parametrize("n", [1, 3])
    def test_few_patients(self, n: int) -> None:
        given = ask(DRAWS[DRAWS["patient"] < n], MHD[:n])
        assert given.status == "not_estimable"
        assert given.reason is not None

    def test_nobody_has_the_outcome(self) -> None:
        given = ask(frame=MHD.assign(terminal_status=""))
        assert given.status == "done"
        assert models(given)["time_updated"]["reason"]["code"] == "too_few_events"

    def test_a_value_that_settles_the_outcome(self) -> None:
        died = (MHD["terminal_status"] == "death_cv").to_numpy()
        draws = DRAWS.assign(p=np.where(died[DRAWS["patient"]], 3.0, 1.0))
        found = models(ask(draws, MHD.assign(p=np.where(died, 3.0, 1.0)), covariates=[]))
        assert found["baseline"]["reason"] == {"code": "separated"}


class TestWithheld:
    def test_a_small_group_is_withheld_with_another(self) -> None:
        frame = MHD.copy()
        patients = frame.index[(frame["group"] == "mhd") & (frame["aac24"].between(2, 5))]
        frame.loc[patients[3:], "aac24"] = 0.0
        seen = withhold(ask(frame=frame).payload, 5)
        told = {group["group"]: (group["n"], group["at"], group["terms"]) for group in seen["by_group"]}
        assert told["2-5"] == (None, [], [])
        assert sum(n is None for n, _at, _terms in told.values()) == 2

    def test_a_time_at_which_few_were_measured(self) -> None:
        few = DRAWS[(DRAWS["months"] < 10) | (DRAWS["patient"] < 6)]
        seen = withhold(ask(few).payload, 5)
        last = [group["at"][-1] for group in seen["by_group"] if group["at"]]
        assert [point["mean"] for point in last if point["n"] is None] == [None] * len(
            [point for point in last if point["n"] is None]
        )
        assert any(point["n"] is None for point in last)

    @pytest.mark.parametrize("minimum", [5, 60, 10_000])
    def test_page_and_figure_stay_whole(self, minimum: int) -> None:
        seen = withhold(ask().payload, minimum)
        draw("longitudinal", seen, WORDS)
        tables("longitudinal", seen, WORDS)


def test_what_is_followed_from_run_to_run() -> None:
    followed = {(entry["term"], entry["quantity"]) for entry in ask().estimates}
    assert {("course.time", "change_per_year"), ("time_updated.p", "log_hazard_ratio")} <= followed


def test_shown_as_course_forest_and_tables() -> None:
    payload = ask().payload
    course, hazards = draw("longitudinal", payload, WORDS)
    assert (course.name, hazards.name) == ("course", "hazards")
    assert course.svg.count("<circle") == 15
    mixed, ratios = tables("longitudinal", payload, WORDS)
    assert mixed.rows[1].cells[0] == "Change per year, AAC-24 0 to 1"
    assert ratios.rows[0].cells[0] == "Baseline value"
