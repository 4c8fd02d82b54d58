"""How much of a model's discrimination is optimism, by bootstrap."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.design import Design, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.resampling.batch import fit_batch, fit_near, group_patients
from analytics.statistics.resampling.scores import areas, slopes

Floats = NDArray[np.float64]

# Resamples drawn and fitted together; each batch has its own random stream, whoever computes it.
_BATCH = 100


@dataclass(frozen=True, eq=False)
class Optimism:
    """Harrell's bootstrap estimate of optimism.

    Attributes
    ----------
    apparent_auc, corrected_auc : float
        Area in the patients the model was fitted to, and the same less the optimism.
    boot_auc, test_auc, calibration_slope : ndarray of shape (n_used,)
        Of each resample's model: its area in the resample, in the original patients, and its slope there.
    n_resamples, n_used : int
        Drawn, and left after those without both classes.
    """

    apparent_auc: float
    corrected_auc: float
    boot_auc: Floats
    test_auc: Floats
    calibration_slope: Floats
    n_resamples: int

    @property
    def n_used(self) -> int:
        """Resamples that had both classes."""
        return int(self.boot_auc.size)

    @property
    def optimism_each(self) -> Floats:
        """Area in the resample less area in the original patients, shape (n_used,)."""
        return self.boot_auc - self.test_auc

    @property
    def optimism(self) -> float:
        """Mean of `optimism_each`."""
        return float(self.optimism_each.mean())


def bootstrap_optimism(
    design: Design, outcome: ArrayLike, *, n_resamples: int = 500, seed: int, workers: int = 1
) -> Optimism:
    """Correct a logistic model's area for optimism by resampling the patients.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    n_resamples : int
        How many; 500 or more for a figure to report.
    seed : int
        The same seed gives the same resamples, whatever `workers` is.
    workers : int
        Threads to use.

    Returns
    -------
    Optimism

    Raises
    ------
    NotEstimable
        ``one_class``; ``unequal_lengths``; ``no_usable_resample`` if none had both classes.

    References
    ----------
    Harrell FE et al. Stat Med 1996;15:361-387.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> x = np.arange(40.0)
    >>> outcome = np.sin(x) + x / 20 > 1
    >>> found = bootstrap_optimism(design_matrix({"x": x, "z": np.cos(3 * x)}), outcome, seed=1)
    >>> found.n_used, bool(0 < found.optimism < 0.05)
    (500, True)
    """
    return _optimism(design, outcome, _drawn(design.n, n_resamples, seed), workers, from_the_whole=True)


def optimism_of_resamples(design: Design, outcome: ArrayLike, rows: NDArray[np.intp]) -> Optimism:
    """As `bootstrap_optimism`, for given resamples.

    Parameters
    ----------
    design : Design
        Of shape (n_patients, n_terms).
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    rows : ndarray of shape (n_resamples, n_patients), int
        Patients of each resample, counted from 0.

    Returns
    -------
    Optimism

    Raises
    ------
    NotEstimable
        As `bootstrap_optimism`.

    References
    ----------
    Harrell FE, Lee KL, Mark DB. Stat Med 1996;15:361-387.

    Examples
    --------
    >>> from analytics.statistics.design import design_matrix
    >>> design = design_matrix({"x": [1.0, 2, 3, 4, 5, 6, 7, 8]})
    >>> rows = np.array([[0, 1, 2, 3, 4, 5, 6, 7], [0, 0, 1, 2, 3, 5, 6, 7]])
    >>> found = optimism_of_resamples(design, [0, 0, 1, 0, 1, 0, 1, 1], rows)
    >>> found.apparent_auc, found.boot_auc.round(4)
    (0.8125, array([0.8125, 0.8667]))
    """
    return _optimism(design, outcome, [_counts(rows, design.n)], 1, from_the_whole=False)


def _drawn(n: int, n_resamples: int, seed: int) -> Iterator[Floats]:
    for batch, first in enumerate(range(0, n_resamples, _BATCH)):
        stream = np.random.default_rng([seed, batch])
        size = min(_BATCH, n_resamples - first)
        yield _counts(stream.integers(0, n, size=(_BATCH, n), dtype=np.intp)[:size], n)


def _counts(rows: NDArray[np.intp], n: int) -> Floats:
    """How often each patient is in each resample, shape (n_resamples, n)."""
    offset = rows + n * np.arange(len(rows))[:, None]
    return np.bincount(offset.ravel(), minlength=len(rows) * n).reshape(len(rows), n).astype(np.float64)


def _optimism(
    design: Design, outcome: ArrayLike, batches: Iterable[Floats], workers: int, *, from_the_whole: bool
) -> Optimism:
    occurred = two_classes(outcome)
    if design.n != occurred.size:
        raise NotEstimable("unequal_lengths", variable="outcome")
    patterns = group_patients(design, occurred)
    full = patterns.tally(np.ones((1, occurred.size)))
    everyone = full[0][0], full[1][0]
    matrix = patterns.basis.matrix
    whole = fit_batch(matrix, *full)

    def of_batch(counts: Floats) -> tuple[Floats, Floats, Floats, int]:
        cases, controls = patterns.tally(counts)
        usable = (cases.sum(axis=1) > 0) & (controls.sum(axis=1) > 0)
        cases, controls = cases[usable], controls[usable]
        if from_the_whole:
            theta = fit_near(matrix, cases, controls, whole[0])
        else:
            theta = fit_batch(matrix, cases, controls)
        scores = theta @ matrix.T
        boot, test = areas(scores, (cases, controls), everyone)
        return boot, test, slopes(scores, *everyone), len(counts)

    if workers > 1:
        with ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(of_batch, batches))
    else:
        parts = [of_batch(counts) for counts in batches]
    boot, test, slope = (np.concatenate([part[k] for part in parts]) for k in range(3))
    if boot.size == 0:
        raise NotEstimable("no_usable_resample", n_resamples=sum(part[3] for part in parts))
    apparent = float(areas(whole @ matrix.T, full)[0][0])
    return Optimism(
        apparent_auc=apparent,
        corrected_auc=apparent - float((boot - test).mean()),
        boot_auc=boot,
        test_auc=test,
        calibration_slope=slope[~np.isnan(slope)],
        n_resamples=sum(part[3] for part in parts),
    )
