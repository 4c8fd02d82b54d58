"""What an analyst is told gives no small count back: by the API, the estimates, the page or the figure."""

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import Question
from analytics.plan import load_plan
from analytics.questions import answer
from registry.models import Cohort
from tests.analytics.ledger import a_dataset, a_question, a_run, an_estimate
from tests.analytics.tables import paper_like
from tests.builders import a_client, a_cohort, a_site, a_user

pytestmark = pytest.mark.django_db

FEW = 3
VARIABLES = {
    "group": {
        "label": "Group",
        "levels": [{"code": "mhd", "label": "MHD"}, {"code": "control", "label": "Control"}],
    },
    "diabetes": {
        "label": "Diabetes",
        "levels": [{"code": "no", "label": "No"}, {"code": "yes", "label": "Yes"}],
    },
    "smoker": {"label": "Smoker", "levels": [{"code": "no", "label": "No"}, {"code": "yes", "label": "Yes"}]},
    "died": {"label": "Died", "levels": [{"code": "no", "label": "No"}, {"code": "yes", "label": "Yes"}]},
    "mg": {"label": "Magnesium", "unit": "mmol/L"},
}


@pytest.fixture
def cohort() -> Cohort:
    return a_cohort(a_site("OWN"), a_site("OTHER"), slug="mhd", small_cell_minimum=5)


def table() -> pd.DataFrame:
    """200 in each group; three with diabetes in one of them, and three without magnesium."""
    rng = np.random.default_rng(3)
    mg = rng.normal(1, 0.1, 400)
    mg[:FEW] = np.nan
    return pd.DataFrame(
        {
            "study_id": [f"S{k:03d}" for k in range(400)],
            "group": ["mhd"] * 200 + ["control"] * 200,
            "diabetes": ["yes"] * FEW + ["no"] * 197 + ["yes"] * 60 + ["no"] * 140,
            "smoker": ["yes", "no"] * 200,
            "died": ["yes"] * FEW + ["no"] * 337 + ["yes"] * 60,
            "mg": mg,
        }
    )


def asked(
    cohort: Cohort, definition: dict[str, Any], variables: dict[str, Any], frame: pd.DataFrame
) -> Question:
    """A question, answered from the table as a run answers it."""
    given = answer(definition, variables, frame)
    assert given.status == "done"
    question = a_question(
        cohort, definition["slug"], kind=definition["kind"], definition=definition, variables=variables
    )
    fields = {"payload": given.payload, "guards": given.guards, "estimates": given.estimates}
    a_run(cohort, {question: fields})
    return question


def told(slug: str, role: str = "analyst") -> dict[str, Any]:
    return a_client(a_user(role)).get(f"/api/v1/questions/mhd.{slug}/").json()["result"]


def estimates(slug: str, role: str = "analyst") -> dict[tuple[str, str], dict[str, Any]]:
    found = a_client(a_user(role)).get("/api/v1/estimates/", {"question": f"mhd.{slug}"}).json()["results"]
    return {(each["term"], each["quantity"]): each for each in found}


def page(slug: str) -> str:
    client = Client()
    client.force_login(a_user("analyst"))
    answered = client.get(reverse("analytics:question", args=["mhd", slug]))
    assert answered.status_code == 200
    return answered.content.decode()


class TestCurve:
    """The published curve of magnesium: 42, 6, 2 and 150."""

    SLUG = "cvd-death-roc"

    @pytest.fixture(autouse=True)
    def curve(self, cohort: Cohort) -> None:
        plan = load_plan("paper-roc")
        asked(cohort, dict(plan.question(self.SLUG)), plan.variables, paper_like())

    def test_the_area_stays_and_nothing_tells_the_operating_point(self) -> None:
        curve = next(entry for entry in told(self.SLUG)["payload"]["curves"] if entry["marker"] == "mg")
        assert (round(curve["auc"], 3), curve["is_withheld"]) == (0.895, True)
        assert (curve["points"], curve["tied_thresholds"]) == ([], [])
        assert {curve[key] for key in ("tp", "fn", "fp", "tn", "youden", "sensitivity", "threshold")} == {
            None
        }

    def test_estimates_follow_the_payload(self) -> None:
        found = estimates(self.SLUG)
        assert round(found["mg", "auc"]["value"], 3) == 0.895
        for quantity in ("sensitivity", "specificity", "threshold"):
            assert (found["mg", quantity]["value"], found["mg", quantity]["is_withheld"]) == (None, True)
            assert estimates(self.SLUG, "administrator")["mg", quantity]["value"] is not None

    def test_no_remark_tells_the_index(self) -> None:
        for guard in told(self.SLUG)["guards"]:
            if guard["code"] in ("G10", "G14"):
                assert "mg" not in json.dumps(guard["found"])

    def test_page_and_figure_hold_no_step_of_the_curve(self) -> None:
        text = page(self.SLUG)
        assert "0.895" in text
        assert not re.search(r"Magnesium\s*</t[hd]>\s*<td[^>]*>\s*[01]\.\d{4}\s*<", text)
        curves = told(self.SLUG)["payload"]["curves"]
        assert text.count("<polyline") == sum(bool(curve["points"]) for curve in curves)


class TestCategory:
    """Three of 200 have diabetes."""

    @pytest.fixture
    def row(self, cohort: Cohort) -> dict[str, Any]:
        compared = {
            "kind": "comparison",
            "slug": "groups",
            "title": "Groups",
            "by": "group",
            "groups": ["mhd", "control"],
            "variables": ["diabetes", "smoker"],
        }
        asked(cohort, compared, VARIABLES, table())
        return next(row for row in told("groups")["payload"]["rows"] if row["variable"] == "diabetes")

    def test_no_test_and_no_difference_gives_the_count_back(self, row: dict[str, Any]) -> None:
        assert row["groups"]["mhd"]["count"] is None
        assert (row["smd"], row["tests"], row["p_adjusted"], row["smallest_expected"]) == (
            None,
            [],
            None,
            None,
        )
        smd = estimates("groups")
        assert (smd["diabetes", "smd"]["value"], smd["diabetes", "smd"]["p_value"]) == (None, None)
        assert smd["smoker", "smd"]["is_withheld"] is False

    def test_its_page_is_printed(self, row: dict[str, Any]) -> None:
        seen = estimates("groups", "administrator")["diabetes", "smd"]["value"]
        assert f"{seen:.3f}".lstrip("-") not in page("groups")

    def test_an_odds_ratio_of_the_same_patients_goes_too(self, cohort: Cohort) -> None:
        variables = {
            "died": {"label": "Died", "in": ["yes"]},
            "haemodialysis": {"label": "Haemodialysis", "from": "group", "in": ["mhd"]},
            "smokes": {"label": "Smokes", "from": "smoker", "in": ["yes"]},
        }
        fitted = {
            "kind": "logistic",
            "slug": "odds",
            "title": "Odds",
            "outcome": "died",
            "univariable": ["haemodialysis", "smokes"],
        }
        asked(cohort, fitted, variables, table())
        models = {model["name"]: model for model in told("odds")["payload"]["models"]}
        assert (models["haemodialysis"]["terms"], models["haemodialysis"]["log_likelihood"]) == ([], None)
        assert models["smokes"]["terms"]
        found = estimates("odds")
        assert [
            each["is_withheld"] for (term, _), each in found.items() if term.startswith("haemodialysis")
        ] == [True]
        assert [each["is_withheld"] for (term, _), each in found.items() if term.startswith("smokes")] == [
            False
        ]
        assert page("odds")


class TestLeftOut:
    def test_sizes_do_not_tell_how_few_lack_a_value(self, cohort: Cohort) -> None:
        compared = {
            "kind": "comparison",
            "slug": "groups",
            "title": "Groups",
            "by": "group",
            "groups": ["mhd", "control"],
            "variables": ["mg"],
        }
        asked(cohort, compared, VARIABLES, table())
        result = told("groups")
        [row] = result["payload"]["rows"]
        assert (row["n"], row["n_missing"], row["groups"]["mhd"]["n"]) == (397, None, 197)
        assert (result["payload"]["sizes"], result["payload"]["n"]) == ({"mhd": None, "control": None}, None)
        assert (result["provenance"]["n_rows"], result["provenance"]["n_enrolled"]) == (None, None)
        assert "200" not in json.dumps([guard["found"] for guard in result["guards"]])


class TestOneMorePatient:
    """Two runs that differ by one patient give his values away to whoever sees both."""

    def run(self, cohort: Cohort, question: Question, n: int, released_up_to: int | None) -> None:
        dataset = a_dataset(cohort, f"{n}".encode(), n_rows=n)
        given = {"payload": {"n": n, "auc": n / 1000}, "estimates": [an_estimate(n / 1000, n=n)]}
        a_run(cohort, {question: given}, dataset, released_up_to=released_up_to)

    def test_an_analyst_is_shown_the_run_before_until_enough_differ(self, cohort: Cohort) -> None:
        question = a_question(cohort, "roc", kind="roc")
        runs = ((400, None, 400), (401, 0, 400), (404, 0, 400), (405, 5, 405), (401, 4, 405))
        for n, released_up_to, released in runs:
            self.run(cohort, question, n, released_up_to)
            assert told("roc")["payload"] == {"n": released, "auc": released / 1000}
            assert told("roc")["provenance"]["n_rows"] == released
            assert told("roc", "administrator")["payload"]["n"] == n
        found = (
            a_client(a_user("analyst")).get("/api/v1/estimates/", {"question": "mhd.roc"}).json()["results"]
        )
        assert [each["n"] for each in found] == [400, 405]

    def test_not_even_how_a_run_ended_that_is_held_back(self, cohort: Cohort) -> None:
        question = a_question(cohort, "roc", kind="roc")
        self.run(cohort, question, 400, None)
        few = {"status": "not_estimable", "reason": {"code": "too_few_events"}}
        a_run(cohort, {question: few}, released_up_to=0)
        listed = {
            role: a_client(a_user(role)).get("/api/v1/questions/").json()["results"]
            for role in ("analyst", "administrator")
        }
        assert {role: [each["status"] for each in found] for role, found in listed.items()} == {
            "analyst": ["done"],
            "administrator": ["not_estimable"],
        }
