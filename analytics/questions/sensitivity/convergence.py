"""Whether the chains of imputations came to the same place, by where they lie farthest apart."""

from typing import Any

from analytics.questions.answer import why_not
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.missing import Imputed, autocorrelation, potential_scale_reduction


def convergence(found: Imputed | NotEstimable) -> dict[str, Any] | None:
    """The largest R-hat of the means and the spreads of what was drawn; None where nothing was."""
    if isinstance(found, NotEstimable):
        return None
    reductions = {
        (quantity, variable): attempt(potential_scale_reduction, trace)
        for quantity, traces in (("mean", found.means), ("spread", found.spreads))
        for variable, trace in traces.items()
    }
    told = {place: size for place, size in reductions.items() if not isinstance(size, NotEstimable)}
    if not told:
        reason = next(why_not(each) for each in reductions.values() if isinstance(each, NotEstimable))
        absent = dict.fromkeys(("variable", "quantity", "reduction", "autocorrelation"))
        return {**absent, "reason": reason}
    quantity, variable = worst = max(told, key=lambda place: told[place])
    trace = (found.means if quantity == "mean" else found.spreads)[variable]
    return {
        "variable": variable,
        "quantity": quantity,
        "reduction": told[worst],
        "autocorrelation": autocorrelation(trace),
        "reason": None,
    }
