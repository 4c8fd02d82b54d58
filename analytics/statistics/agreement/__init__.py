"""Agreement of readers and methods: intraclass correlation, limits of agreement, kappa."""

from analytics.statistics.agreement.differences import LimitsOfAgreement, limits_of_agreement
from analytics.statistics.agreement.intraclass import (
    IntraclassCorrelation,
    IntraclassCorrelations,
    intraclass_correlations,
)
from analytics.statistics.agreement.kappa import Kappa, cohen_kappa

__all__ = [
    "IntraclassCorrelation",
    "IntraclassCorrelations",
    "Kappa",
    "LimitsOfAgreement",
    "cohen_kappa",
    "intraclass_correlations",
    "limits_of_agreement",
]
