"""Intraclass correlation: how much of the variation between readings lies between the patients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Scale, measured


@dataclass(frozen=True)
class IntraclassCorrelation:
    """One form of the intraclass correlation.

    Attributes
    ----------
    form : str
        Shrout and Fleiss's name: ``"ICC(2,1)"`` asks how well one reader stands for any other, ``"ICC(3,1)"``
        takes these readers as the only ones, ``"ICC(1,1)"`` knows nothing of who read; with ``k`` as the
        last letter it is that of the mean of all readers.
    estimate, ci_low, ci_high : float
        At most 1; may be negative.
    statistic : float
        F for the hypothesis of no agreement.
    df1, df2 : int
    p_value : float
        One-sided, as F has it.
    """

    form: str
    estimate: float
    ci_low: float
    ci_high: float
    statistic: float
    df1: int
    df2: int
    p_value: float


@dataclass(frozen=True)
class IntraclassCorrelations:
    """All six forms.

    Attributes
    ----------
    n, k : int
        Patients read by everyone, and readers.
    n_incomplete : int
        Patients left out because a reading is missing.
    forms : tuple of IntraclassCorrelation
        ICC(1,1), ICC(2,1), ICC(3,1), ICC(1,k), ICC(2,k), ICC(3,k).
    """

    n: int
    k: int
    n_incomplete: int
    forms: tuple[IntraclassCorrelation, ...]


def intraclass_correlations(readings: ArrayLike, *, level: float = 0.95) -> IntraclassCorrelations:
    """Intraclass correlations of several readings of the same patients.

    Parameters
    ----------
    readings : array_like of shape (n_patients, n_readers)
        In one unit; patients with a missing reading (NaN) are left out and counted.
    level : float
        Coverage of the intervals.

    Returns
    -------
    IntraclassCorrelations

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``infinite``; ``too_few_readers``, ``too_few`` below two complete patients;
        ``constant``; ``perfect_agreement`` when no reading differs from its patient's others by more than the
        readers do, so that F is infinite.

    References
    ----------
    Shrout PE, Fleiss JL. Psychol Bull 1979;86:420-428. McGraw KO, Wong SP. Psychol Methods 1996;1:30-46.

    Examples
    --------
    >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> [round(form.estimate, 2) for form in intraclass_correlations(ratings).forms]
    [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    """
    table = np.asarray(readings)
    if table.ndim != 2:
        raise ValueError("readings must have two dimensions: patients and readers")
    k = table.shape[1]
    if k < 2:
        raise NotEstimable("too_few_readers", n=k, needed=2)
    values = np.column_stack([measured(column, "readings") for column in table.T])
    complete = values[~np.isnan(values).any(axis=1)]
    n = len(complete)
    if n < 2:
        raise NotEstimable("too_few", n=n, needed=2)
    if complete.min() == complete.max():
        raise NotEstimable("constant")
    squares = _Squares.of(Scale.of(complete.ravel()).apply(complete))
    if squares.error <= np.finfo(float).eps * squares.patients or squares.within == 0:
        raise NotEstimable("perfect_agreement")
    return IntraclassCorrelations(n, k, len(values) - n, _forms(squares, n, k, level))


@dataclass(frozen=True)
class _Squares:
    """Mean squares of patients by readers."""

    patients: float
    readers: float
    error: float
    within: float

    @classmethod
    def of(cls, table: np.ndarray) -> "_Squares":
        n, k = table.shape
        grand = table.mean()
        of_patients, of_readers = table.mean(axis=1) - grand, table.mean(axis=0) - grand
        error = float(((table - grand - of_patients[:, None] - of_readers) ** 2).sum())
        patients, readers = k * float(of_patients @ of_patients), n * float(of_readers @ of_readers)
        return cls(
            patients=patients / (n - 1),
            readers=readers / (k - 1),
            error=error / ((n - 1) * (k - 1)),
            within=(readers + error) / (n * (k - 1)),
        )


def _forms(squares: _Squares, n: int, k: int, level: float) -> tuple[IntraclassCorrelation, ...]:
    tail = (1 + level) / 2
    patients, readers, error, within = squares.patients, squares.readers, squares.error, squares.within

    def form(
        name: str, estimate: float, ends: tuple[float, float], residual: float, df2: int
    ) -> IntraclassCorrelation:
        f = patients / residual
        return IntraclassCorrelation(
            name,
            estimate,
            *ends,
            statistic=f,
            df1=n - 1,
            df2=df2,
            p_value=float(special.fdtrc(n - 1, df2, f)),
        )

    def single(residual: float, df2: int) -> tuple[float, float]:
        f = patients / residual
        low, high = f / float(special.fdtri(n - 1, df2, tail)), f * float(special.fdtri(df2, n - 1, tail))
        return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)

    def of_mean(ends: tuple[float, float]) -> tuple[float, float]:
        low, high = (end * k / (1 + end * (k - 1)) for end in ends)
        return low, high

    random_readers = k * (readers - error) / n
    second = (patients - error) / (patients + (k - 1) * error + random_readers)
    ends_1, ends_3 = single(within, n * (k - 1)), single(error, (n - 1) * (k - 1))
    ends_2 = _ends_of_two_way(squares, second, n, k, tail)
    df_1, df_3 = n * (k - 1), (n - 1) * (k - 1)
    return (
        form("ICC(1,1)", (patients - within) / (patients + (k - 1) * within), ends_1, within, df_1),
        form("ICC(2,1)", second, ends_2, error, df_3),
        form("ICC(3,1)", (patients - error) / (patients + (k - 1) * error), ends_3, error, df_3),
        form("ICC(1,k)", (patients - within) / patients, of_mean(ends_1), within, df_1),
        form("ICC(2,k)", (patients - error) / (patients + random_readers / k), of_mean(ends_2), error, df_3),
        form("ICC(3,k)", (patients - error) / patients, of_mean(ends_3), error, df_3),
    )


def _ends_of_two_way(squares: _Squares, estimate: float, n: int, k: int, tail: float) -> tuple[float, float]:
    """Interval of ICC(2,1) with Satterthwaite's degrees of freedom."""
    patients, readers, error = squares.patients, squares.readers, squares.error
    of_readers = k * estimate * readers / error
    of_error = n * (1 + (k - 1) * estimate) - k * estimate
    df = (k - 1) * (n - 1) * (of_readers + of_error) ** 2 / ((n - 1) * of_readers**2 + of_error**2)
    above, below = float(special.fdtri(n - 1, df, tail)), float(special.fdtri(df, n - 1, tail))
    others = k * readers + (k * n - k - n) * error
    low = n * (patients - above * error) / (above * others + n * patients)
    high = n * (below * patients - error) / (others + n * below * patients)
    return low, high
