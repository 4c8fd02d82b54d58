"""Is the hazard ratio constant over time? The score test of R's cox.zph since survival 3.0."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc
from scipy.stats import rankdata

from analytics.statistics.design import numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.survival.model import CoxModel, ModelTest
from analytics.statistics.survival.newton import LARGEST_CONDITION
from analytics.statistics.survival.observations import FloatArray
from analytics.statistics.survival.risk_sets import RiskSets

TimeTransform = Literal["km", "identity", "rank", "log"]


@dataclass(frozen=True)
class ProportionalHazardsTest:
    """Tests that the coefficients do not change over time.

    Attributes
    ----------
    terms : tuple of ModelTest
        One for each term, of as many degrees of freedom as the term has columns.
    overall : ModelTest
        Of all columns together.
    """

    terms: tuple[ModelTest, ...]
    overall: ModelTest


def proportional_hazards_test(
    model: CoxModel, *, terms: Sequence[Sequence[int]] | None = None, transform: TimeTransform = "km"
) -> ProportionalHazardsTest:
    """Score test of adding, to each term, its product with a function of time.

    Not the correlation of scaled Schoenfeld residuals with time, which lifelines and Stata report and which
    can be far off.

    Parameters
    ----------
    model : CoxModel
        Exact ties are tested with Breslow's risk sets, as in R.
    terms : sequence of sequence of int, optional
        Columns of each term; each column is a term when not given.
    transform : {"km", "identity", "rank", "log"}
        Function of time: 1 minus the left-continuous Kaplan-Meier curve of all patients, time itself, its
        rank among all times, or its logarithm.

    Returns
    -------
    ProportionalHazardsTest

    Raises
    ------
    NotEstimable
        ``time_zero`` for the logarithm of a time of 0; ``one_event_time`` when time cannot matter;
        ``too_few_events`` to tell the change over time from the effect.

    References
    ----------
    Grambsch PM, Therneau TM. Biometrika 1994;81:515-526. Therneau TM. survival 3.0: cox.zph.

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> test = proportional_hazards_test(model, transform="identity")
    >>> round(test.overall.statistic, 4)
    0.483
    """
    sets = model.risk_sets
    changed = _transformed(sets, transform)
    if np.ptp(changed) == 0:
        raise NotEstimable("one_event_time")
    score, information = _with_time(sets, model.coefficients, changed - changed.mean())
    n_terms = model.coefficients.size
    columns = [[k] for k in range(n_terms)] if terms is None else [list(term) for term in terms]
    return ProportionalHazardsTest(
        tuple(_score_test(score, information, term, n_terms) for term in columns),
        _score_test(score, information, list(range(n_terms)), n_terms),
    )


def _transformed(sets: RiskSets, transform: TimeTransform) -> FloatArray:
    """The function of time at each event, in the order of the steps."""
    at_events = sets.time[sets.event_rows]
    match transform:
        case "identity":
            return at_events
        case "rank":
            ranks: FloatArray = rankdata(sets.time)[sets.event_rows]
            return ranks
        case "log":
            if at_events.min() <= 0:
                raise NotEstimable("time_zero")
            return np.log(at_events)
        case "km":
            return events_so_far(sets, at_events)
    raise ValueError(f"unknown transform {transform!r}")


def events_so_far(sets: RiskSets, times: ArrayLike) -> FloatArray:
    """One minus the left-continuous Kaplan-Meier curve of all rows; strata and weights do not enter.

    Parameters
    ----------
    sets : RiskSets
        Of a fitted model.
    times : array_like of shape (n_points,)

    Returns
    -------
    ndarray of shape (n_points,)

    References
    ----------
    Therneau TM. survival 3.0: cox.zph, transform "km".

    Examples
    --------
    >>> from analytics.statistics.survival.cox import cox
    >>> model = cox([4, 3, 1, 1, 2, 2, 3], [1, 1, 1, 0, 1, 1, 0], [[0], [2], [1], [1], [1], [0], [0]])
    >>> events_so_far(model.risk_sets, [1, 2, 3]).round(4)
    array([0.    , 0.1429, 0.4857])
    """
    time, n_events = np.unique(sets.time[sets.event_rows], return_counts=True)
    n_risk = sets.time.size - np.searchsorted(np.sort(sets.time), time, side="left")
    if sets.entry is not None:
        n_risk -= sets.time.size - np.searchsorted(np.sort(sets.entry), time, side="left")
    before = np.r_[1.0, np.cumprod(1 - n_events / n_risk)]
    so_far: FloatArray = 1 - before[np.searchsorted(time, numbers(times, "times"), side="left")]
    return so_far


def _with_time(sets: RiskSets, coefficients: FloatArray, at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Score of the columns times time, and the information of the columns and of the columns times time."""
    steps = sets.steps(coefficients)
    weight = sets.weight[sets.event_rows]
    score = (weight * at) @ sets.design[sets.event_rows] - (steps.weight * at) @ steps.mean

    def information(power: int) -> FloatArray:
        factor = at**power
        expected = sets.weight * steps.risk * sets.sum_lived_through(steps.hazard * factor)
        within = (sets.design * expected[:, None]).T @ sets.design
        return within - (steps.mean * (steps.weight * factor)[:, None]).T @ steps.mean

    own, cross, timed = information(0), information(1), information(2)
    return score, np.block([[own, cross], [cross, timed]])


def _score_test(score: FloatArray, information: FloatArray, columns: list[int], n_terms: int) -> ModelTest:
    kept = np.r_[np.arange(n_terms), n_terms + np.array(columns)]
    u = np.r_[np.zeros(n_terms), score[columns]]
    inner = information[np.ix_(kept, kept)]
    diagonal = np.diag(inner)
    if not (diagonal > 0).all():
        raise NotEstimable("too_few_events")
    scale = np.sqrt(diagonal)
    if not np.linalg.cond(inner / np.outer(scale, scale)) < LARGEST_CONDITION:
        raise NotEstimable("too_few_events")
    statistic = float(u @ (np.linalg.solve(inner / np.outer(scale, scale), u / scale) / scale))
    return ModelTest(statistic, len(columns), float(chdtrc(len(columns), max(statistic, 0.0))))
