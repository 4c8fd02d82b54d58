"""Sentences for a paper's Methods section, from what a plan says."""

from django.utils.translation import gettext_lazy

from registry.presentation.methods import (
    association,
    growth,
    markers,
    practice,
    prediction,
    record,
    serial,
    survival,
)
from registry.presentation.methods.conventions import CONVENTIONS
from registry.presentation.methods.words import Found, Words

HEADINGS = {
    "patients": gettext_lazy("Patients and follow-up"),
    "variables": gettext_lazy("Variables"),
    "comparison": gettext_lazy("Comparison of groups"),
    "correlation": gettext_lazy("Correlation"),
    "logistic": gettext_lazy("Logistic regression"),
    "roc": gettext_lazy("Receiver operating characteristic"),
    "survival": gettext_lazy("Time to an event"),
    "calibration": gettext_lazy("Calibration"),
    "agreement": gettext_lazy("Agreement of readers"),
    "longitudinal": gettext_lazy("Measurements over time"),
    "missingness": gettext_lazy("Missing values"),
    "sensitivity": gettext_lazy("Sensitivity to missing and undetected values"),
    "looks": gettext_lazy("Repeated looks"),
    "validation": gettext_lazy("Validation over time"),
    "planning": gettext_lazy("Size of the study"),
    "all": gettext_lazy("Missing values, repeated analysis and P values"),
}
WORDING = (
    record.WORDING
    | association.WORDING
    | prediction.WORDING
    | markers.WORDING
    | survival.WORDING
    | practice.WORDING
    | growth.WORDING
    | serial.WORDING
)


def sentence(code: str, found: Found, words: Words) -> str:
    """One statement in the reader's language."""
    return str(CONVENTIONS[code]) if code in CONVENTIONS else WORDING[code](found, words)
