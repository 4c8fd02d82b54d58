"""How a model of the plan becomes a design and a fit: bends, products, and the penalised fit where needed."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.guards import EPV_GRAVE
from analytics.plan import Definition
from analytics.questions.columns import Columns, Floats
from analytics.statistics import NotEstimable, firth
from analytics.statistics.bends import bend
from analytics.statistics.design import Design
from analytics.statistics.firth import FirthFit
from analytics.statistics.logistic import LogisticFit, events_per_variable, fit
from analytics.statistics.splines import HARRELL, place_knots

Fit = LogisticFit | FirthFit
Switch = Literal["separated", "events_per_variable"]


@dataclass(frozen=True)
class Specified:
    """A model of the plan as a design, in the patients who have all its values.

    Attributes
    ----------
    design : Design
        With bends and products.
    plain : Design
        The covariates alone, as straight lines: what is said of their overlap is said of these.
    knots : dict of str to ndarray
        Of each covariate that bends.
    """

    design: Design
    plain: Design
    knots: dict[str, Floats]


@dataclass(frozen=True)
class Fitted:
    """A fit, and how it came to be penalised.

    Attributes
    ----------
    model : LogisticFit or FirthFit
        What is shown.
    likelihood : LogisticFit
        By maximum likelihood, without finite estimates where it is separated.
    switched_because : str or None
        Why the model is penalised without the plan having asked for it.
    """

    model: Fit
    likelihood: LogisticFit
    switched_because: Switch | None


def specify(wanted: Definition, columns: Columns, rows: NDArray[np.bool_]) -> Specified:
    """The design of a model: covariates, their bends, their products."""
    covariates = wanted["covariates"]
    products = [tuple(pair) for pair in wanted.get("interactions", ())]
    plain = columns.design(covariates, rows)
    design = columns.design(covariates, rows, interactions=products) if products else plain
    knots: dict[str, Floats] = {}
    for variable, count in wanted.get("splines", {}).items():
        if columns.scale(variable) != "continuous":
            raise NotEstimable("not_continuous", variable=variable)
        knots[variable] = place_knots(columns.numbers(variable)[rows], HARRELL[count])
        design = bend(design, variable, knots[variable])
    return Specified(design, plain, knots)


def fit_as_asked(design: Design, occurred: NDArray[np.bool_], wanted: Definition) -> Fitted:
    """Maximum likelihood, or Firth's penalty where the plan asks for it or the data leave no other choice.

    A replication keeps the method of what it replicates as long as that has an estimate.
    """
    likelihood = fit(design, occurred)
    if wanted.get("method") == "firth":
        return Fitted(firth.fit(design, occurred), likelihood, None)
    if likelihood.separated:
        return Fitted(firth.fit(design, occurred), likelihood, "separated")
    if events_per_variable(likelihood) < EPV_GRAVE and not wanted.get("is_replication", False):
        return Fitted(firth.fit(design, occurred), likelihood, "events_per_variable")
    return Fitted(likelihood, likelihood, None)


def named(fitted: Fitted) -> dict[str, Any]:
    """What the payload says of the method."""
    return {
        "method": "firth" if isinstance(fitted.model, FirthFit) else "maximum_likelihood",
        "switched_because": fitted.switched_because,
        "separated": fitted.likelihood.separated,
        "infinite": fitted.likelihood.infinite,
    }
