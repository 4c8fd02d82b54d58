"""Cross-validation repeated over folds drawn anew, so that no one split decides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.design import Design, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.resampling.crossvalidation import cross_validate

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RepeatedCrossValidation:
    """Performance on patients that the model had not seen, over several splits.

    Attributes
    ----------
    auc : float
        Mean of `auc_each`.
    auc_each : ndarray of shape (n_repeats,)
        Of each split, the mean of its folds' own areas.
    calibration_slope : float
        Mean over the splits; below 1 the predictions are too extreme.
    n_folds, n_repeats : int
        Parts of a split, and splits.
    """

    auc: float
    auc_each: Floats
    calibration_slope: float
    n_folds: int
    n_repeats: int


def repeated_cross_validation(
    design: Design, outcome: ArrayLike, *, n_folds: int = 10, n_repeats: int = 10, seed: int
) -> RepeatedCrossValidation:
    """Cross-validate a logistic model over stratified folds, drawn anew each time.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred; at least `n_folds` patients in each class.
    n_folds : int
        Parts that the patients are split into, cases and controls apart.
    n_repeats : int
        Splits.
    seed : int
        The same seed gives the same splits.

    Returns
    -------
    RepeatedCrossValidation

    Raises
    ------
    NotEstimable
        ``too_few_cases`` or ``too_few_controls`` if a class has fewer patients than there are folds; else as
        `cross_validate`.

    References
    ----------
    Kohavi R. Proc 14th Int Joint Conf Artif Intell 1995:1137-1143.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> x = np.arange(40.0)
    >>> outcome = np.sin(x) + x / 20 > 1
    >>> design = design_matrix({"x": x, "z": np.cos(3 * x)})
    >>> found = repeated_cross_validation(design, outcome, n_folds=5, n_repeats=3, seed=1)
    >>> found.auc_each.size, bool(0.5 < found.auc < 1)
    (3, True)
    """
    occurred = two_classes(outcome)
    for reason, side in (("too_few_cases", occurred), ("too_few_controls", ~occurred)):
        if side.sum() < n_folds:
            raise NotEstimable(reason, n=int(side.sum()), needed=n_folds)
    random = np.random.default_rng(seed)
    splits = [stratified_folds(occurred, n_folds, random) for _ in range(n_repeats)]
    found = [cross_validate(design, occurred, folds) for folds in splits]
    # Every fold has both classes, so that each split has a mean.
    areas = np.array([split.auc_fold_mean for split in found], dtype=np.float64)
    slope = float(np.mean([split.calibration_slope for split in found]))
    return RepeatedCrossValidation(float(areas.mean()), areas, slope, n_folds, n_repeats)


def stratified_folds(
    outcome: NDArray[np.bool_], n_folds: int, random: np.random.Generator
) -> NDArray[np.intp]:
    """Draw folds of sizes as equal as can be, with as equal shares of the cases.

    Parameters
    ----------
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred.
    n_folds : int
        How many.
    random : numpy.random.Generator
        Where the order is drawn from.

    Returns
    -------
    ndarray of shape (n_patients,), int
        The fold of each patient, from 0.

    Examples
    --------
    >>> outcome = np.array([True] * 4 + [False] * 6)
    >>> folds = stratified_folds(outcome, 2, np.random.default_rng(1))
    >>> np.bincount(folds), np.bincount(folds[outcome])
    (array([5, 5]), array([2, 2]))
    """
    # Dealt out in turn, the controls from where the cases ended.
    dealt = np.concatenate([random.permutation(np.flatnonzero(side)) for side in (outcome, ~outcome)])
    folds = np.empty(outcome.size, dtype=np.intp)
    folds[dealt] = np.arange(outcome.size) % n_folds
    return folds
