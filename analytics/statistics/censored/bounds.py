"""Between which values each result lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, measured

BELOW, ABOVE = "<", ">"


@dataclass(frozen=True, eq=False)
class Bounds:
    """Each result between two values, which are equal where it was measured.

    Attributes
    ----------
    low, high : ndarray of shape (n_patients,)
        In the result's unit; minus or plus infinity where that side is open.
    """

    low: Floats
    high: Floats

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Measured results, shape (n_patients,)."""
        return np.asarray(self.low == self.high)

    @property
    def left(self) -> NDArray[np.bool_]:
        """Results below a limit, shape (n_patients,)."""
        return np.asarray(np.isneginf(self.low))

    @property
    def right(self) -> NDArray[np.bool_]:
        """Results above a limit, shape (n_patients,)."""
        return np.asarray(np.isposinf(self.high))

    @property
    def inner(self) -> NDArray[np.bool_]:
        """Results between two different finite values, shape (n_patients,)."""
        return np.asarray(~self.exact & ~self.left & ~self.right)


def bounds_of(values: ArrayLike, comparators: ArrayLike) -> Bounds:
    """The bounds of results as a laboratory reports them.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        The result, or the limit that it is beyond; any unit, none missing.
    comparators : array_like of shape (n_patients,), str
        ``"<"`` where the result is below the value, ``">"`` where above, else empty.

    Returns
    -------
    Bounds

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``, ``missing``; ``unequal_lengths``.

    References
    ----------
    Helsel DR. Statistics for censored environmental data using Minitab and R, 2nd ed. Wiley 2012, chapter 1.

    Examples
    --------
    >>> found = bounds_of([0.2, 1.5], ["<", ""])
    >>> found.low.tolist(), found.high.tolist()
    ([-inf, 1.5], [0.2, 1.5])
    """
    numbers, signs = complete(values, comparators)
    return Bounds(np.where(signs == BELOW, -np.inf, numbers), np.where(signs == ABOVE, np.inf, numbers))


def complete(values: ArrayLike, comparators: ArrayLike) -> tuple[Floats, NDArray[np.object_]]:
    """Results and their comparators as arrays.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        In any unit.
    comparators : array_like of shape (n_patients,), str

    Returns
    -------
    tuple of ndarray of shape (n_patients,)

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``, ``missing``; ``unequal_lengths``.
    """
    numbers, signs = measured(values), np.asarray(comparators, dtype=object)
    if numbers.shape != signs.shape:
        raise NotEstimable("unequal_lengths", variable="comparators")
    if np.isnan(numbers).any():
        raise NotEstimable("missing", variable="values", n_missing=int(np.isnan(numbers).sum()))
    return numbers, signs
