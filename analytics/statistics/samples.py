"""A column of measurements as numbers, its ranks, and a scale on which squares stay in range."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable

Floats = NDArray[np.float64]


def measured(values: ArrayLike, variable: str = "values") -> Floats:
    """A column of measurements, NaN where one is missing.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        Booleans, integers or floats; any unit.
    variable : str
        Name of the column, for the refusal.

    Returns
    -------
    ndarray of shape (n_patients,), float64

    Raises
    ------
    NotEstimable
        ``not_numeric`` for text and other objects, ``infinite``.

    Examples
    --------
    >>> measured([True, False])
    array([1., 0.])
    >>> measured(["high"], "ipth")
    Traceback (most recent call last):
    ...
    analytics.statistics.errors.NotEstimable: not_numeric (variable=ipth)
    """
    column = np.asarray(values)
    if column.dtype.kind not in "biuf":
        raise NotEstimable("not_numeric", variable=variable)
    if column.ndim != 1:
        raise ValueError(f"{variable} must have one dimension, not {column.ndim}")
    numbers = column.astype(np.float64)
    if np.isinf(numbers).any():
        raise NotEstimable("infinite", variable=variable)
    return numbers


def observed(values: ArrayLike, variable: str = "values") -> Floats:
    """The measurements that are not missing.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        NaN is missing.
    variable : str
        Name of the column, for the refusal.

    Returns
    -------
    ndarray of shape (n_observed,)

    Raises
    ------
    NotEstimable
        As `measured`.

    Examples
    --------
    >>> observed([1.5, float("nan")])
    array([1.5])
    """
    numbers = measured(values, variable)
    return numbers[~np.isnan(numbers)]


@dataclass(frozen=True)
class Scale:
    """A shift and a power of two: exact to undo, and squares of shifted values stay in range."""

    shift: float
    unit: float

    @classmethod
    def of(cls, *samples: Floats) -> "Scale":
        """The scale of all the samples together: their first value to 0, their largest below 1."""
        first = next((float(sample[0]) for sample in samples if sample.size), 0.0)
        largest = max((float(np.abs(sample).max()) for sample in samples if sample.size), default=0.0)
        # A subnormal unit could not be divided by.
        exponent = max(int(np.frexp(largest)[1]), -1000) if largest > 0 else 0
        unit = float(np.ldexp(1.0, min(exponent, 1023)))
        return cls(first / unit, unit)

    def apply(self, sample: Floats) -> Floats:
        """The sample on this scale."""
        return sample / self.unit - self.shift

    def location(self, value: float) -> float:
        """A mean or another location, back in the sample's unit."""
        return float((value + self.shift) * self.unit)

    def spread(self, value: float) -> float:
        """A difference, standard deviation or standard error, back in the sample's unit."""
        return float(value * self.unit)


@dataclass(frozen=True)
class Moments:
    """Count, mean and sum of squared deviations of one sample, on its scale."""

    n: int
    mean: float
    squares: float

    @classmethod
    def of(cls, scaled: Floats) -> "Moments":
        if not scaled.size:
            return cls(0, 0.0, 0.0)
        mean = float(scaled.mean())
        deviations = scaled - mean
        # The second term takes out what rounding of the mean left behind.
        squares = float(deviations @ deviations) - float(deviations.sum()) ** 2 / scaled.size
        return cls(int(scaled.size), mean, max(squares, 0.0))

    @property
    def variance(self) -> float:
        """With n - 1; only defined from two values on."""
        return self.squares / (self.n - 1)


def is_constant(values: Floats) -> bool:
    """Whether all values are the same; a standard deviation of rounding errors cannot tell.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Without missing values.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_constant(np.array([0.1, 0.1, 0.1]))
    True
    """
    return bool(values.size == 0 or values.min() == values.max())


def midranks(values: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Ranks from 1, ties sharing their mean rank, and how many share each distinct value.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Without missing values.

    Returns
    -------
    ranks : ndarray of shape (n,)
    ties : ndarray of shape (n_distinct,), int64
        In ascending order of the values.

    Examples
    --------
    >>> midranks(np.array([3.0, 1.0, 3.0]))
    (array([2.5, 1. , 2.5]), array([1, 2]))
    """
    _, position, ties = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(ties)
    return (ends - (ties - 1) / 2)[position], ties.astype(np.int64)


def tied_cubes(ties: NDArray[np.int64]) -> float:
    """Sum of t cubed less t, by which ties lessen the variance of ranks.

    Parameters
    ----------
    ties : ndarray of shape (n_distinct,), int64
        How many values share each distinct one.

    Returns
    -------
    float

    References
    ----------
    Kruskal WH, Wallis WA. J Am Stat Assoc 1952;47:583-621.

    Examples
    --------
    >>> tied_cubes(np.array([1, 2, 3]))
    30.0
    """
    t = ties.astype(np.float64)
    # Multiplied: a power would cost a hundred times as much.
    return float((t * (t * t - 1)).sum())
