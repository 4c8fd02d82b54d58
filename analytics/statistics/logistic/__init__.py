"""Logistic regression: maximum likelihood, its intervals and tests, and whether to believe them."""

from analytics.statistics.logistic.model import LogisticFit, fit

__all__ = ["LogisticFit", "fit"]
