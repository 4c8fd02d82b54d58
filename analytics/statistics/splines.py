"""Restricted cubic splines of a continuous covariate, and the test of its linearity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from analytics.statistics import logistic
from analytics.statistics.design import Design, numbers
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.adequacy import quantiles
from analytics.statistics.logistic.inference import LikelihoodRatio, compare

Floats = NDArray[np.float64]

HARRELL: Mapping[int, tuple[float, ...]] = {
    3: (0.1, 0.5, 0.9),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
}
"""Quantiles at which Harrell places so many knots (Regression modeling strategies, 2015, table 2.3)."""


def place_knots(values: ArrayLike, shares: Sequence[float] = HARRELL[4]) -> Floats:
    """Knots at quantiles of a covariate.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        The covariate, complete.
    shares : sequence of float
        Quantiles (type 7), ascending; at least three.

    Returns
    -------
    ndarray of shape (n_knots,)

    Raises
    ------
    NotEstimable
        ``no_patients``; ``too_few_knots`` if fewer than three quantiles are asked for or differ.

    References
    ----------
    Harrell FE. Regression modeling strategies. 2nd ed. Springer 2015, section 2.4.6.

    Examples
    --------
    >>> place_knots([1.0, 2.0, 3.0, 4.0, 5.0], (0.1, 0.5, 0.9))
    array([1.4, 3. , 4.6])
    """
    observed = numbers(values, "x")
    if observed.size == 0:
        raise NotEstimable("no_patients")
    knots = quantiles(observed, np.asarray(shares, dtype=np.float64))
    distinct = int(np.unique(knots).size)
    if distinct < 3 or distinct < knots.size:
        raise NotEstimable("too_few_knots", n=distinct, needed=max(3, int(knots.size)))
    return knots


def restricted_cubic(values: ArrayLike, knots: ArrayLike) -> Floats:
    """Harrell's basis: the covariate itself, then terms that are cubic between the knots and linear beyond.

    Parameters
    ----------
    values : array_like of shape (n_patients,)
        The covariate.
    knots : array_like of shape (n_knots,)
        Ascending; at least three.

    Returns
    -------
    ndarray of shape (n_patients, n_knots - 1)
        Each nonlinear term is divided by the square of the distance between the outer knots, so that it has
        the unit of the covariate.

    References
    ----------
    Harrell FE. Regression modeling strategies, 2nd ed. 2015, section 2.4.5.

    Examples
    --------
    >>> restricted_cubic([0.0, 2.0, 6.0], [1.0, 3.0, 5.0]).round(4)
    array([[0.    , 0.    ],
           [2.    , 0.0625],
           [6.    , 4.5   ]])
    """
    x = numbers(values, "x")[:, None]
    t = numbers(knots, "knots")
    last, before = t[-1], t[-2]
    scale = (last - t[0]) ** (2 / 3)

    def cubed(knot: Floats | float) -> Floats:
        return np.asarray(np.maximum((x - knot) / scale, 0.0) ** 3)

    inner = t[:-2]
    bent = (
        cubed(inner)
        - cubed(before) * (last - inner) / (last - before)
        + cubed(last) * (before - inner) / (last - before)
    )
    return np.hstack([x, bent])


@dataclass(frozen=True, eq=False)
class SplineFit:
    """A logistic model with a restricted cubic spline of one covariate.

    Attributes
    ----------
    model : LogisticFit
        The adjusting columns first, then the spline's.
    linear : LogisticFit
        The same with the covariate as a straight line.
    knots : ndarray of shape (n_knots,)
        In the unit of the covariate.
    nonlinearity : LikelihoodRatio
        Of the bend.
    overall : LikelihoodRatio
        Of the covariate as a whole.
    """

    model: logistic.LogisticFit
    linear: logistic.LogisticFit
    knots: Floats
    nonlinearity: LikelihoodRatio
    overall: LikelihoodRatio

    def odds_ratios(
        self, values: ArrayLike, reference: float, *, level: float = 0.95
    ) -> tuple[Floats, Floats, Floats]:
        """Odds ratio along the covariate against a reference value, with its Wald interval.

        Parameters
        ----------
        values : array_like of shape (n_values,)
            Where to evaluate, in the unit of the covariate.
        reference : float
            Where the odds ratio is 1.
        level : float
            Confidence level.

        Returns
        -------
        tuple of ndarray of shape (n_values,)
            Odds ratio, lower and upper limit.

        Raises
        ------
        NotEstimable
            ``separated`` or ``aliased`` if the model is.
        """
        self.model.require_finite()
        if self.model.aliased:
            raise NotEstimable("aliased", terms=self.model.aliased)
        step = restricted_cubic(values, self.knots) - restricted_cubic([reference], self.knots)
        first = len(self.model.terms) - step.shape[1]
        centre = step @ self.model.coefficients[first:]
        variance = np.einsum("ij,jk,ik->i", step, self.model.covariance[first:, first:], step)
        half = float(ndtri(0.5 + level / 2)) * np.sqrt(np.maximum(variance, 0.0))
        return np.exp(centre), np.exp(centre - half), np.exp(centre + half)


def fit_spline(
    adjusting: Design, x: str, values: ArrayLike, outcome: ArrayLike, knots: ArrayLike
) -> SplineFit:
    """Fit a logistic model with a spline, and test the spline's bend and the covariate as a whole.

    Parameters
    ----------
    adjusting : Design
        The other covariates; the intercept alone will do.
    x : str
        Name of the covariate.
    values : array_like of shape (n_patients,)
        The covariate.
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    knots : array_like of shape (n_knots,)
        As from `place_knots`.

    Returns
    -------
    SplineFit

    Raises
    ------
    NotEstimable
        As `analytics.statistics.logistic.fit`.

    References
    ----------
    Durrleman S, Simon R. Stat Med 1989;8:551-561.

    Examples
    --------
    >>> values = np.arange(12.0)
    >>> outcome = [1, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1]
    >>> alone = Design(np.ones((12, 1)), ("(Intercept)",), (), (-1,))
    >>> found = fit_spline(alone, "Mg", values, outcome, place_knots(values, (0.1, 0.5, 0.9)))
    >>> round(found.nonlinearity.p_value, 4), round(found.overall.p_value, 4)
    (0.0141, 0.0449)
    """
    basis = restricted_cubic(values, knots)
    smallest = logistic.fit(adjusting, outcome)
    linear = logistic.fit(_with(adjusting, x, basis[:, :1]), outcome)
    model = logistic.fit(_with(adjusting, x, basis), outcome)
    return SplineFit(model, linear, numbers(knots, "knots"), compare(model, linear), compare(model, smallest))


def linearity_test(
    model: logistic.LogisticFit, x: str, shares: Sequence[float] = HARRELL[3]
) -> LikelihoodRatio:
    """Test whether a covariate of a fitted model enters as a straight line, against a spline.

    Parameters
    ----------
    model : LogisticFit
        Holds the covariate as a single column.
    x : str
        Its name.
    shares : sequence of float
        Quantiles at which the knots are placed.

    Returns
    -------
    LikelihoodRatio
        Of the bend.

    Raises
    ------
    NotEstimable
        ``not_continuous`` if the covariate has several columns; as `place_knots` and
        `analytics.statistics.logistic.fit`.

    References
    ----------
    Harrell FE. Regression modeling strategies, 2nd ed. 2015, section 2.4.

    Examples
    --------
    >>> values = np.arange(12.0)
    >>> outcome = [1, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1]
    >>> from analytics.statistics.design import design_matrix
    >>> model = logistic.fit(design_matrix({"Mg": values}), outcome)
    >>> round(linearity_test(model, "Mg").p_value, 4)
    0.0141
    """
    columns = model.design.columns_of(x)
    if columns.size != 1:
        raise NotEstimable("not_continuous", variable=x)
    values = model.design.matrix[:, int(columns[0])]
    bend = restricted_cubic(values, place_knots(values, shares))[:, 1:]
    return compare(logistic.fit(_with(model.design, f"{x}'", bend), model.outcome), model)


def _with(design: Design, x: str, columns: Floats) -> Design:
    """The design with the columns of one more variable, named x, x', x'' as in rms."""
    count = columns.shape[1]
    return Design(
        np.hstack([design.matrix, columns]),
        design.terms + tuple(x + "'" * k for k in range(count)),
        (*design.variables, x),
        design.assign + (len(design.variables),) * count,
    )
