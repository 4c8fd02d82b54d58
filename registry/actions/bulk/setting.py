"""What rows are checked against: the cohort's definition, the dictionary, and whom the record knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from django.db import connection

from registry.actions.dates import today_at
from registry.dictionary.rules import AnalyteRule, rules
from registry.models import Cohort, CohortGroup, OutcomeType, Site

_KNOWN = """
SELECT p.study_id, p.id, g.code, s.code, p.birth_year, p.birth_month, p.enrolled_on,
    c.signed_on, c.withdrawn_on, o.occurred_on, o.occurred_months::text
FROM registry_patient p
JOIN registry_cohortgroup g ON g.id = p.group_id
JOIN registry_site s ON s.id = p.site_id
LEFT JOIN LATERAL (
    SELECT min(signed_on) AS signed_on, max(withdrawn_on) AS withdrawn_on
    FROM registry_consent WHERE patient_id = p.id
) c ON true
LEFT JOIN registry_outcomeevent o ON o.patient_id = p.id AND o.is_terminal
WHERE p.cohort_id = %s AND p.study_id = ANY(%s)
"""
_KNOWN_COLUMNS = {
    "study_id": "str",
    "id": "Int64",
    "group": "str",
    "site": "str",
    "birth_year": "Int64",
    "birth_month": "Int64",
    "enrolled_on": "datetime64[s]",
    "signed_on": "datetime64[s]",
    "withdrawn_on": "datetime64[s]",
    "ended_on": "datetime64[s]",
    "ended_months": "str",
}


@dataclass(frozen=True)
class Setting:
    """The cohort and the dictionary, read once for all rows."""

    cohort: Cohort
    groups: Mapping[str, CohortGroup]
    sites: Mapping[str, Site]
    rules: Mapping[str, AnalyteRule]
    outcomes: Mapping[str, OutcomeType]

    @property
    def needs_consent(self) -> bool:
        return self.cohort.consent_basis == Cohort.ConsentBasis.WRITTEN

    def today(self) -> Mapping[str, date]:
        """Today at each site, in its own time zone."""
        return {code: today_at(site) for code, site in self.sites.items()}


def read_setting(cohort: Cohort) -> Setting:
    """Read what the rows of a cohort are checked against."""
    return Setting(
        cohort=cohort,
        groups={group.code: group for group in cohort.groups.all()},
        sites={site.code: site for site in cohort.sites.all()},
        rules=rules(),
        outcomes={outcome.code: outcome for outcome in OutcomeType.objects.all()},
    )


def known_people(cohort: Cohort, study_ids: list[str]) -> pd.DataFrame:
    """The people of these study numbers already in the record, with their consent and end of follow-up."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [cohort.pk, study_ids])
        known = pd.DataFrame(cursor.fetchall(), columns=list(_KNOWN_COLUMNS))
    return known.astype(_KNOWN_COLUMNS).set_index("study_id", drop=False)
