"""Logistic regression: maximum likelihood, its intervals and tests, and whether to believe them."""

from analytics.statistics.logistic.adequacy import (
    ExplainedVariation,
    HosmerLemeshow,
    brier_score,
    events_per_variable,
    explained_variation,
    hosmer_lemeshow,
    information_criteria,
    shrinkage,
)
from analytics.statistics.logistic.collinearity import (
    GeneralisedInflation,
    condition_number,
    generalised_inflation,
    variance_inflation,
)
from analytics.statistics.logistic.fitting import fit
from analytics.statistics.logistic.inference import (
    LikelihoodRatio,
    compare,
    joint_test,
    robust_covariance,
    standardised_coefficients,
)
from analytics.statistics.logistic.model import FittedModel, LogisticFit, Wald, risk, wald
from analytics.statistics.logistic.profile import profile_interval

__all__ = [
    "ExplainedVariation",
    "FittedModel",
    "GeneralisedInflation",
    "HosmerLemeshow",
    "LikelihoodRatio",
    "LogisticFit",
    "Wald",
    "brier_score",
    "compare",
    "condition_number",
    "events_per_variable",
    "explained_variation",
    "fit",
    "generalised_inflation",
    "hosmer_lemeshow",
    "information_criteria",
    "joint_test",
    "profile_interval",
    "risk",
    "robust_covariance",
    "shrinkage",
    "standardised_coefficients",
    "variance_inflation",
    "wald",
]
