"""Whether acting on a risk does more good than harm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.design import numbers, two_classes
from analytics.statistics.errors import NotEstimable

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DecisionCurve:
    """Net benefit at each threshold, in true positives per patient; treating nobody has 0.

    Attributes
    ----------
    thresholds : ndarray of shape (n_thresholds,)
        Risk at which one would act, within (0, 1).
    model : ndarray of shape (n_thresholds,)
        Acting when the predicted risk is at least the threshold.
    treat_all : ndarray of shape (n_thresholds,)
        Acting always.
    """

    thresholds: Floats
    model: Floats
    treat_all: Floats


def decision_curve(outcome: ArrayLike, risk: ArrayLike, thresholds: ArrayLike) -> DecisionCurve:
    """Net benefit of acting on predicted risks.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    risk : array_like of shape (n_patients,)
        Predicted risk, within [0, 1].
    thresholds : array_like of shape (n_thresholds,)
        Within (0, 1).

    Returns
    -------
    DecisionCurve

    Raises
    ------
    NotEstimable
        ``one_class``; ``unequal_lengths``; ``missing``; ``outside_unit_interval`` with the `variable`.

    References
    ----------
    Vickers AJ, Elkin EB. Med Decis Making 2006;26:565-574.

    Examples
    --------
    >>> curve = decision_curve([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.8], [0.2, 0.5])
    >>> curve.model, curve.treat_all
    (array([0.4375, 0.25  ]), array([0.375, 0.   ]))
    """
    occurred, predicted, cuts = two_classes(outcome), numbers(risk, "risk"), numbers(thresholds, "thresholds")
    if predicted.shape != occurred.shape:
        raise NotEstimable("unequal_lengths", variable="risk")
    if ((predicted < 0) | (predicted > 1)).any():
        raise NotEstimable("outside_unit_interval", variable="risk")
    if ((cuts <= 0) | (cuts >= 1)).any():
        raise NotEstimable("outside_unit_interval", variable="thresholds")
    odds = cuts / (1 - cuts)
    cases, controls = np.sort(predicted[occurred]), np.sort(predicted[~occurred])
    true = cases.size - np.searchsorted(cases, cuts, side="left")
    false = controls.size - np.searchsorted(controls, cuts, side="left")
    n = occurred.size
    return DecisionCurve(cuts, true / n - false / n * odds, cases.size / n - controls.size / n * odds)
