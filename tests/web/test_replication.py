"""The page of published figures beside the live ones: what it prints, to whom."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Cohort
from tests.analytics.ledger import a_question, a_run, an_estimate
from tests.builders import a_cohort, a_coordinator, a_site, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    """A simulated cohort with one live area beside the model study's."""
    cohort = a_cohort(a_site("OWN"), a_site("OTHER"), slug="mhd", plan="mhd", is_simulated=True)
    question = a_question(cohort, "cvd-death-roc", title="Telling cardiovascular death apart")
    estimates = [
        an_estimate(0.6, ci_low=0.5, ci_high=0.7),
        an_estimate(0.4375, quantity="sensitivity", n_events=48),
        an_estimate(0.9375, quantity="sensitivity", n_events=48, term="ca"),
    ]
    a_run(cohort, {question: {"estimates": estimates}})
    return cohort


def page(cohort: Cohort, client: Client | None = None) -> str:
    if client is None:
        client = signed_in("administrator")
    answered = client.get(reverse("analytics:replication", args=[cohort.slug]))
    assert answered.status_code == 200
    return answered.content.decode()


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(a_user(role))
    return client


def test_what_the_published_figures_say_of_themselves(cohort: Cohort) -> None:
    text = page(cohort)
    for code in ("product", "directions", "areas", "dominated", "attainable_counts", "correlations_need"):
        assert f'data-check="{code}"' in text
    assert "48 patients with the event and 152 without" in text
    assert "Cannot be true together" in text


def test_the_live_figure_stands_beside_the_published_one(cohort: Cohort) -> None:
    text = page(cohort)
    assert "0.895 (0.833 to 0.957)" in text
    assert "0.600 (0.500 to 0.700)" in text
    assert reverse("analytics:question", args=["mhd", "cvd-death-roc"]) in text
    assert "the live cohort is simulated" in text


def test_a_ratio_has_its_step_and_its_block(cohort: Cohort) -> None:
    terms = [{"term": code, "variable": code, "per": per} for code, per in (("mg", 0.1), ("p", 0.1))]
    block = {"code": "derived_beside_parents", "covariates": ["ca", "p", "ca_x_p"]}
    model = {"name": "paper", "is_primary": False, "block": block, "terms": terms}
    estimates = [
        an_estimate(-4.0, ci_low=-6.0, ci_high=-2.0, quantity="log_odds_ratio", term=f"paper.{code}")
        for code in ("mg", "p")
    ]
    question = a_question(cohort, "cvd-death-multivariable", kind="logistic")
    a_run(cohort, {question: {"estimates": estimates, "payload": {"models": [model]}}})
    text = page(cohort)
    assert "Magnesium, per 0.1 mmol/L, odds ratio" in text
    assert ">0.67 (0.55 to 0.82)<" in text
    assert "Do not rely on this: 0.67 (0.55 to 0.82)" in text


def test_a_share_has_the_interval_of_its_answer(cohort: Cohort) -> None:
    curve = {"marker": "mg", "sensitivity_ci": [0.307, 0.577]}
    payload = {"outcome": "cvd_death", "n": 200, "n_missing": 0, "n_events": 48, "curves": [curve]}
    estimates = [an_estimate(0.4375, quantity="sensitivity")]
    question = cohort.questions.get(slug="cvd-death-roc")
    a_run(cohort, {question: {"estimates": estimates, "payload": payload}})
    assert "43.8 (30.7 to 57.7)" in page(cohort)


def test_an_interval_says_what_it_supposes(cohort: Cohort) -> None:
    assert "0.385 (0.298 to 0.465 if n = 400)" in page(cohort)


def test_a_question_the_cohort_does_not_ask_says_so(cohort: Cohort) -> None:
    assert "This cohort does not ask the question" in page(cohort)


def test_the_second_set_of_publications(cohort: Cohort) -> None:
    text = page(a_cohort(slug="nhanes", plan="nhanes-aac"))
    assert "1.75 (1.13 to 2.71)" in text
    assert "28.8" in text
    assert "Aortic calcification, share of all, %" in text
    assert "another estimand" in text


def test_a_cohort_without_publications(cohort: Cohort) -> None:
    assert "No published figures belong to the plan" in page(a_cohort(slug="own"))


def test_a_share_that_tells_a_small_count_is_withheld_from_an_analyst(cohort: Cohort) -> None:
    assert "43.8" in page(cohort, signed_in("analyst"))
    assert "93.8" not in page(cohort, signed_in("analyst"))
    assert "93.8" in page(cohort)


def test_a_coordinator_of_another_cohort_finds_nothing(cohort: Cohort) -> None:
    stranger = Client()
    stranger.force_login(a_coordinator(a_site("STRANGE")))
    assert stranger.get(reverse("analytics:replication", args=["mhd"])).status_code == 404


def test_the_list_of_questions_leads_here(cohort: Cohort) -> None:
    listed = signed_in("analyst").get(reverse("analytics:questions", args=["mhd"])).content.decode()
    assert reverse("analytics:replication", args=["mhd"]) in listed
