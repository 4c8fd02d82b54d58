"""Performance of a logistic model on patients it was not fitted to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.brier import brier
from analytics.statistics.design import Design, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.model import risk
from analytics.statistics.resampling.batch import Patterns, fit_batch, group_patients
from analytics.statistics.resampling.scores import areas, slopes
from analytics.statistics.roc.construction import roc_curve

Floats = NDArray[np.float64]

# Weights held at once while leaving patients out one by one.
_MOST_WEIGHTS = 2_000_000


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """Performance on patients that the model had not seen.

    Attributes
    ----------
    linear_predictor : ndarray of shape (n_patients,)
        Out-of-fold log odds.
    auc_pooled : float
        One area over all out-of-fold predictions.
    auc_fold_mean : float or None
        Mean of the folds' own areas; None when a fold lacks a class.
    brier : float
        Mean squared distance of the out-of-fold risk from the outcome.
    calibration_slope : float
        Below 1 the predictions are too extreme.
    """

    linear_predictor: Floats
    auc_pooled: float
    auc_fold_mean: float | None
    brier: float
    calibration_slope: float

    @property
    def probabilities(self) -> Floats:
        """Out-of-fold risks, shape (n_patients,)."""
        return risk(self.linear_predictor)


def cross_validate(design: Design, outcome: ArrayLike, folds: ArrayLike) -> CrossValidation:
    """Cross-validate a logistic model over given folds.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    folds : array_like of shape (n_patients,)
        Label of each patient's fold.

    Returns
    -------
    CrossValidation

    Raises
    ------
    NotEstimable
        ``one_class``; ``unequal_lengths``; ``too_few_folds``; ``one_class_in_training`` when a model would be
        fitted to one class; ``constant`` when every prediction is the same.

    References
    ----------
    Stone M. J R Stat Soc B 1974;36:111-147.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> design = design_matrix({"x": [1.0, 2, 3, 4, 5, 6, 7, 8]})
    >>> found = cross_validate(design, [0, 0, 1, 0, 1, 0, 1, 1], [1, 2, 1, 2, 1, 2, 1, 2])
    >>> round(found.auc_pooled, 4), round(found.auc_fold_mean, 4)
    (0.5, 1.0)
    """
    occurred, label = two_classes(outcome), np.asarray(folds)
    if label.shape != occurred.shape or design.n != occurred.size:
        raise NotEstimable("unequal_lengths", variable="folds")
    names, fold = np.unique(label, return_inverse=True)
    if names.size < 2:
        raise NotEstimable("too_few_folds", n=int(names.size), needed=2)
    patterns = group_patients(design, occurred)
    training = (np.arange(names.size)[:, None] != fold).astype(np.float64)
    scores = _scores(patterns, *_training(patterns, training))
    predictor = scores[fold, patterns.member]
    by_fold = [_area(predictor[fold == k], occurred[fold == k]) for k in range(names.size)]
    complete = [area for area in by_fold if area is not None]
    return CrossValidation(
        linear_predictor=predictor,
        auc_pooled=roc_curve(occurred, predictor, direction="<").auc,
        auc_fold_mean=float(np.mean(complete)) if len(complete) == len(by_fold) else None,
        brier=brier(occurred, risk(predictor)),
        calibration_slope=_slope(predictor, occurred),
    )


def leave_one_out(design: Design, outcome: ArrayLike) -> CrossValidation:
    """Cross-validate with every patient a fold of one; there is no fold mean.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred; at least two patients in each class.

    Returns
    -------
    CrossValidation

    Raises
    ------
    NotEstimable
        As `cross_validate`.

    References
    ----------
    Stone M. J R Stat Soc B 1974;36:111-147.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> design = design_matrix({"x": [1.0, 2, 3, 4, 5, 6, 7, 8]})
    >>> round(leave_one_out(design, [0, 0, 1, 0, 1, 0, 1, 1]).auc_pooled, 4)
    0.5
    """
    occurred = two_classes(outcome)
    patterns = group_patients(design, occurred)
    predictor = np.empty(occurred.size)
    chunk = max(1, _MOST_WEIGHTS // occurred.size)
    for first in range(0, occurred.size, chunk):
        left_out = np.arange(first, min(first + chunk, occurred.size))
        training = np.ones((left_out.size, occurred.size))
        training[np.arange(left_out.size), left_out] = 0
        scores = _scores(patterns, *_training(patterns, training))
        predictor[left_out] = scores[np.arange(left_out.size), patterns.member[left_out]]
    return CrossValidation(
        linear_predictor=predictor,
        auc_pooled=roc_curve(occurred, predictor, direction="<").auc,
        auc_fold_mean=None,
        brier=brier(occurred, risk(predictor)),
        calibration_slope=_slope(predictor, occurred),
    )


def _training(patterns: Patterns, weights: Floats) -> tuple[Floats, Floats]:
    cases, controls = patterns.tally(weights)
    if not ((cases.sum(axis=1) > 0) & (controls.sum(axis=1) > 0)).all():
        raise NotEstimable("one_class_in_training")
    return cases, controls


def _scores(patterns: Patterns, cases: Floats, controls: Floats) -> Floats:
    """Linear predictor of each batch member's model for each pattern."""
    matrix = patterns.basis.matrix
    return fit_batch(matrix, cases, controls) @ matrix.T


def _area(scores: Floats, outcome: NDArray[np.bool_]) -> float | None:
    """Area of one score; None when a class is absent."""
    area = areas(scores[None, :], _sides(outcome))[0][0]
    return None if np.isnan(area) else float(area)


def _sides(outcome: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    return outcome.astype(np.float64), (~outcome).astype(np.float64)


def _slope(scores: Floats, outcome: NDArray[np.bool_]) -> float:
    slope = slopes(scores[None, :], *_sides(outcome))[0]
    if np.isnan(slope):
        raise NotEstimable("constant", variable="linear_predictor")
    return float(slope)
