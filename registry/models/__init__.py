"""The record: who, measured when, what happened."""

from registry.models.access import Membership, Role, SetupLink, User
from registry.models.analyte import Analyte, AnalyteSoftLimits, AnalyteUnit, OutcomeType
from registry.models.audit import AuditEntry
from registry.models.calcification import CalcificationReading
from registry.models.cohort import Cohort, CohortGroup
from registry.models.followup import Contact
from registry.models.lab import LabDraw, LabResult
from registry.models.outcome import OutcomeEvent
from registry.models.patient import Consent, Patient
from registry.models.site import Site

__all__ = [
    "Analyte",
    "AnalyteSoftLimits",
    "AnalyteUnit",
    "AuditEntry",
    "CalcificationReading",
    "Cohort",
    "CohortGroup",
    "Consent",
    "Contact",
    "LabDraw",
    "LabResult",
    "Membership",
    "OutcomeEvent",
    "OutcomeType",
    "Patient",
    "Role",
    "SetupLink",
    "Site",
    "User",
]
