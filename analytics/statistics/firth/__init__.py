"""Logistic regression penalised by Jeffreys' prior, finite whatever the separation."""

from analytics.statistics.firth.model import FirthFit, fit

__all__ = ["FirthFit", "fit"]
