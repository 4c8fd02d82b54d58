"""What a second model changes: net reclassification and integrated discrimination improvement."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from analytics.statistics.design import numbers, two_classes
from analytics.statistics.errors import NotEstimable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Improvement:
    """An improvement index with its parts.

    Attributes
    ----------
    value, standard_error : float
        Sum of the two parts, and its error.
    cases, controls : float
        The part from patients with the outcome, and from those without.
    z, p_value : float
        Against no improvement, two-sided.
    """

    value: float
    standard_error: float
    cases: float
    controls: float
    z: float
    p_value: float


@dataclass(frozen=True)
class Moves:
    """How many patients a second model puts higher, and how many lower.

    Attributes
    ----------
    n_cases, n_controls : int
        Patients with and without the outcome.
    cases_up, cases_down, controls_up, controls_down : int
        Those whose risk, or category of risk, is higher or lower by the second model.
    """

    n_cases: int
    n_controls: int
    cases_up: int
    cases_down: int
    controls_up: int
    controls_down: int


def moves(outcome: ArrayLike, old: ArrayLike, new: ArrayLike, *, cuts: ArrayLike | None = None) -> Moves:
    """Count the patients that a second model reclassifies.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    old, new : array_like of shape (n_patients,)
        Risks of the two models, within [0, 1].
    cuts : array_like of shape (n_cuts,), optional
        Limits of the risk categories, each belonging to the higher one; without, any change counts.

    Returns
    -------
    Moves

    Raises
    ------
    NotEstimable
        ``one_class``; ``unequal_lengths``; ``missing``.

    References
    ----------
    Pencina MJ et al. Stat Med 2008;27:157-172.

    Examples
    --------
    >>> found = moves([1, 1, 0, 0], [0.3, 0.6, 0.4, 0.2], [0.6, 0.7, 0.3, 0.2], cuts=[0.5])
    >>> found.cases_up, found.controls_down
    (1, 0)
    """
    occurred, before, after = _read(outcome, old, new)
    if cuts is not None:
        limits = numbers(cuts, "cuts")
        before = np.searchsorted(limits, before, side="right").astype(np.float64)
        after = np.searchsorted(limits, after, side="right").astype(np.float64)
    up, down = after > before, after < before
    return Moves(
        n_cases=int(occurred.sum()),
        n_controls=int((~occurred).sum()),
        cases_up=int((up & occurred).sum()),
        cases_down=int((down & occurred).sum()),
        controls_up=int((up & ~occurred).sum()),
        controls_down=int((down & ~occurred).sum()),
    )


def net_reclassification(
    outcome: ArrayLike, old: ArrayLike, new: ArrayLike, *, cuts: ArrayLike | None = None
) -> Improvement:
    """Net reclassification improvement, by risk categories or, without cuts, by any change of risk.

    It rewards an added noise marker and a miscalibrated model: show it only beside a likelihood-ratio test.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    old, new : array_like of shape (n_patients,)
        Risks of the two models, within [0, 1].
    cuts : array_like of shape (n_cuts,), optional
        Limits of the risk categories, each belonging to the higher one.

    Returns
    -------
    Improvement
        Within [-2, 2].

    Raises
    ------
    NotEstimable
        ``one_class``; ``unequal_lengths``; ``missing``; ``no_change`` if no patient is reclassified.

    References
    ----------
    Pencina MJ et al. Stat Med 2008;27:157-172; 2011;30:11-21. Hilden J, Gerds TA. Stat Med 2014;33:3405-3414.

    Examples
    --------
    >>> found = net_reclassification([1, 1, 0, 0], [0.3, 0.6, 0.4, 0.2], [0.6, 0.7, 0.3, 0.2], cuts=[0.5])
    >>> found.value, found.cases, found.controls
    (0.5, 0.5, 0.0)
    """
    moved = moves(outcome, old, new, cuts=cuts)
    parts, variance = [], 0.0
    for better, worse, n in (
        (moved.cases_up, moved.cases_down, moved.n_cases),
        (moved.controls_down, moved.controls_up, moved.n_controls),
    ):
        net = (better - worse) / n
        parts.append(net)
        variance += ((better + worse) / n - net * net) / n
    if not (moved.cases_up or moved.cases_down or moved.controls_up or moved.controls_down):
        raise NotEstimable("no_change")
    return _improvement(parts[0], parts[1], variance)


def integrated_discrimination(outcome: ArrayLike, old: ArrayLike, new: ArrayLike) -> Improvement:
    """Integrated discrimination improvement: the gain in mean risk of cases less that of controls.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    old, new : array_like of shape (n_patients,)
        Risks of the two models, within [0, 1].

    Returns
    -------
    Improvement
        Within [-2, 2].

    Raises
    ------
    NotEstimable
        ``one_class``; ``unequal_lengths``; ``missing``; ``too_few_cases`` or ``too_few_controls`` below two;
        ``no_change`` if the risks do not differ.

    References
    ----------
    Pencina MJ et al. Stat Med 2008;27:157-172.

    Examples
    --------
    >>> found = integrated_discrimination([1, 1, 0, 0], [0.3, 0.6, 0.4, 0.2], [0.6, 0.7, 0.3, 0.2])
    >>> round(found.value, 4), round(found.standard_error, 4)
    (0.25, 0.1118)
    """
    occurred, before, after = _read(outcome, old, new)
    gain = after - before
    if not gain.any():
        raise NotEstimable("no_change")
    sides = gain[occurred], -gain[~occurred]
    for reason, side in zip(("too_few_cases", "too_few_controls"), sides, strict=True):
        if side.size < 2:
            raise NotEstimable(reason, n=int(side.size), needed=2)
    variance = sum(float(np.var(side, ddof=1)) / side.size for side in sides)
    return _improvement(float(sides[0].mean()), float(sides[1].mean()), variance)


def _read(outcome: ArrayLike, old: ArrayLike, new: ArrayLike) -> tuple[NDArray[np.bool_], Floats, Floats]:
    occurred, before, after = two_classes(outcome), numbers(old, "old"), numbers(new, "new")
    if not before.shape == after.shape == occurred.shape:
        raise NotEstimable("unequal_lengths", variable="risk")
    return occurred, before, after


def _improvement(cases: float, controls: float, variance: float) -> Improvement:
    if variance <= 0:
        raise NotEstimable("no_variance")
    value, error = cases + controls, variance**0.5
    return Improvement(value, error, cases, controls, value / error, float(2 * ndtr(-abs(value / error))))
