"""Results known only to lie beyond a limit of detection: modelled as such, or substituted."""

from analytics.statistics.censored.bounds import Bounds, bounds_of
from analytics.statistics.censored.substitution import substitute
from analytics.statistics.censored.tobit import TobitFit, tobit

__all__ = ["Bounds", "TobitFit", "bounds_of", "substitute", "tobit"]
