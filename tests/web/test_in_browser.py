"""The pages of the record as a person meets them: in Chromium, wide and on a phone, by keyboard."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from registry.models import LabDraw, Patient, User
from tests.builders import a_cohort, a_coordinator, a_draw, a_patient, a_reading, a_site, an_outcome

PASSWORD = "correct-horse-battery"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def patient() -> Patient:
    site = a_site("ND", name="Nanjing")
    patient = a_patient(a_cohort(site, slug="mhd", is_simulated=True), site=site, diabetes="type_2")
    a_draw(patient, 10, {"mg": "1.05", "ca": "2.2"})
    a_draw(patient, 200, {"mg": "0.95", "ca": "2.4"})
    a_reading(patient, 20)
    an_outcome(patient, "mi", 100)
    return patient


@pytest.fixture
def coordinator(patient: Patient) -> User:
    user = a_coordinator(patient.site)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def visit(page: Page, live_server: object, coordinator: User) -> Callable[[str], Page]:
    """Sign in through the form, then go where asked."""
    page.goto(f"{live_server}{reverse('login')}")
    page.get_by_label("Username").fill(coordinator.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server}{reverse('home')}")

    def go(address: str) -> Page:
        page.goto(f"{live_server}{address}")
        return page

    return go


def test_every_page_fits_its_window_and_can_be_read_by_everyone(
    visit: Callable[[str], Page], patient: Patient
) -> None:
    result = patient.lab_draws.all()[0].results.get(analyte="mg")
    reading, event = patient.calcification_readings.get(), patient.outcome_events.get()
    of_patient = ["mhd", patient.study_id]
    pages = [
        reverse("home"),
        reverse("cohort", args=["mhd"]),
        reverse("patients", args=["mhd"]),
        reverse("enrol", args=["mhd"]),
        *(
            reverse(name, args=of_patient)
            for name in (
                "patient",
                "patient-correct",
                "patient-withdraw",
                "patient-changes",
                "draw-add",
                "calcification-add",
                "outcome-add",
                "contact-add",
            )
        ),
        reverse("result-correct", args=[*of_patient, result.pk]),
        reverse("draw-correct", args=[*of_patient, result.draw_id]),
        reverse("calcification-correct", args=[*of_patient, reading.pk]),
        reverse("outcome-correct", args=[*of_patient, event.pk]),
        reverse("outcome-remove", args=[*of_patient, event.pk]),
        reverse("account"),
        reverse("dictionary"),
    ]
    faults = []
    for address in pages:
        page = visit(address)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{address} is {wide} pixels wide in a window of {width}")
        found = Axe().run(page).response["violations"]
        faults += [f"{address}: {violation['id']}: {violation['help']}" for violation in found]
    assert not faults


def test_draw_is_typed_refused_asked_about_and_saved(visit: Callable[[str], Page], patient: Patient) -> None:
    page = visit(reverse("draw-add", args=["mhd", patient.study_id]))
    page.get_by_label("Date of the draw").fill("2024-12-01")
    magnesium = page.get_by_label("Magnesium, serum total", exact=True)
    calcium = page.get_by_label("Calcium, serum total", exact=True)
    magnesium.fill("2.2")
    calcium.fill("9.1")
    calcium.press("Enter")
    summary = page.get_by_role("alert")
    assert "9.1 mmol/L is not possible" in summary.inner_text()
    assert magnesium.input_value() == "2.2"
    summary.get_by_role("link", name="Calcium").click()
    assert calcium.evaluate("field => field === document.activeElement")
    calcium.fill("2.3")
    page.locator("#id_confirmed-mg").check()
    page.get_by_role("button", name="Save the draw").click()
    page.get_by_text("is saved with 2 results").wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == patient.study_id
    assert LabDraw.objects.get(occurred_on="2024-12-01").results.get(analyte="mg").is_confirmed


def test_form_is_filled_by_keyboard_alone(visit: Callable[[str], Page], patient: Patient) -> None:
    page = visit(reverse("contact-add", args=["mhd", patient.study_id]))
    page.locator("#id_occurred_on").focus()
    page.locator("#id_occurred_on").fill("2024-11-05")
    page.keyboard.press("Tab")
    page.locator("#id_kind").focus()
    page.keyboard.press("t")
    page.keyboard.press("Tab")
    page.keyboard.type("by telephone")
    page.keyboard.press("Enter")
    page.get_by_text("The contact is saved").wait_for()
    contact = patient.contacts.get()
    assert (contact.kind, contact.note) == ("phone", "by telephone")
