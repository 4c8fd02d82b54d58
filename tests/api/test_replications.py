"""Published figures beside the live ones, through the API."""

import pytest

from registry.models import Cohort
from tests.analytics.ledger import a_question, a_run, an_estimate
from tests.builders import a_client, a_cohort, a_coordinator, a_site, a_user

pytestmark = pytest.mark.django_db

PATH = "/api/v1/replications/mhd/"


@pytest.fixture
def cohort() -> Cohort:
    cohort = a_cohort(a_site("OWN"), slug="mhd", plan="mhd", is_simulated=True)
    estimates = [an_estimate(0.6, ci_low=0.5, ci_high=0.7)]
    a_run(cohort, {a_question(cohort, "cvd-death-roc"): {"estimates": estimates}})
    return cohort


def test_a_figure_comes_with_its_live_number_and_what_differs(cohort):
    [told] = a_client(a_user()).get(PATH).json()["publications"]
    [area] = [each for each in told["figures"] if (each["term"], each["quantity"]) == ("mg", "auc")]
    assert area["published"]["value"] == 0.895
    assert (area["live"]["value"], area["is_overlapping"], area["is_same_direction"]) == (0.6, False, True)
    assert (area["is_another_estimand"], "simulated" in area["flags"]) == (True, True)


def test_checks_come_in_words_beside_their_codes(cohort):
    [told] = a_client(a_user()).get(PATH).json()["publications"]
    verdicts = {check["code"]: check["verdict"] for check in told["checks"]}
    assert (verdicts["product"], verdicts["attainable_counts"]) == ("impossible", "implies")
    assert all(check["text"] for check in told["checks"])


def test_who_may_not_see_the_cohort_finds_nothing(cohort):
    assert a_client().get(PATH).status_code == 401
    assert a_client(a_coordinator(a_site("STRANGE"))).get(PATH).status_code == 404
    assert a_client(a_user()).post(PATH).status_code == 405


def test_a_share_that_tells_a_small_count_is_withheld_from_an_analyst(cohort):
    question = a_question(cohort, "roc")
    estimates = [an_estimate(share, quantity="sensitivity", term=f"t{share}") for share in (0.9375, 0.4375)]
    a_run(cohort, {question: {"estimates": estimates}})
    told = a_client(a_user("analyst")).get("/api/v1/estimates/", {"question": "mhd.roc"}).json()["results"]
    assert {each["term"]: each["value"] for each in told} == {"t0.9375": None, "t0.4375": 0.4375}
