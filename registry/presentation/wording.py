"""Words for the codes of the record, translated."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

EXCLUSIONS: Mapping[str, object] = {
    "no_index_date": _("no index date"),
    "no_consent": _("no consent on file"),
    "withdrawn_before_index": _("consent withdrawn before the index date"),
    "index_after_lock": _("index date after the data lock"),
    "ended_before_index": _("follow-up ended before the index date"),
    "event_after_consent": _("events after consent had ended, not used"),
    "measurement_after_consent": _("measurements after consent had ended, not used"),
}

REQUIRED_FIELD_LABELS: Mapping[str, object] = {
    "sex": _("sex"),
    "birth_year": _("year of birth"),
    "age_reported": _("age"),
    "enrolled_on": _("date of enrolment"),
    "dialysis_started_on": _("start of dialysis"),
    "diabetes": _("diabetes"),
    "hypertension": _("hypertension"),
    "smoking": _("smoking"),
    "prior_cvd": _("prior cardiovascular disease"),
}


def exclusion(code: str) -> str:
    """Why patients were left out of the analysis table."""
    return str(EXCLUSIONS.get(code, code.replace("_", " ")))
