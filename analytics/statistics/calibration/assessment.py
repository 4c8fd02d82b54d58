"""Whether predicted risks are the risks observed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit, ndtr

from analytics.statistics.brier import brier
from analytics.statistics.calibration.smoothing import SmoothCurve, loess, lowess
from analytics.statistics.design import numbers, two_classes
from analytics.statistics.errors import NotEstimable
from analytics.statistics.logistic.adequacy import HosmerLemeshow, hosmer_lemeshow, quantiles
from analytics.statistics.logistic.model import null_log_likelihood
from analytics.statistics.logistic.newton import evaluate, inverse, maximise
from analytics.statistics.logistic.separation import find_separation
from analytics.statistics.roc.construction import roc_curve

Floats = NDArray[np.float64]

# Risks that do not separate the classes are calibrated in fewer steps.
_STEPS = 30


@dataclass(frozen=True)
class Distances:
    """How far a calibration curve lies from the diagonal, over the patients.

    Attributes
    ----------
    mean, median, ninetieth, largest : float
        Absolute differences of risk: for loess the ICI, E50, E90 and Emax of Austin and Steyerberg.
    """

    mean: float
    median: float
    ninetieth: float
    largest: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """Calibration of predicted risks in a set of patients.

    Attributes
    ----------
    outcome : ndarray of shape (n_patients,), bool
        Whether the outcome occurred.
    risk : ndarray of shape (n_patients,)
        Predicted, strictly within (0, 1).
    intercept, intercept_error : float
        Calibration in the large: intercept of a logistic model with the log odds as offset; 0 is right.
    slope, slope_error : float
        Of a logistic model on the predicted log odds; 1 is right, below 1 the risks are too extreme.
    joint_intercept : float
        Intercept of that model.
    log_likelihood : float
        Of that model.
    """

    outcome: NDArray[np.bool_]
    risk: Floats
    intercept: float
    intercept_error: float
    slope: float
    slope_error: float
    joint_intercept: float
    log_likelihood: float

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.outcome.size)

    @property
    def n_events(self) -> int:
        """Patients with the outcome."""
        return int(self.outcome.sum())

    @property
    def observed_to_expected(self) -> float:
        """Events observed for each event expected."""
        return self.n_events / float(self.risk.sum())

    @property
    def brier(self) -> float:
        """Mean squared distance of risk from outcome, within [0, 1]."""
        return brier(self.outcome, self.risk)

    @property
    def brier_scaled(self) -> float:
        """Share by which the Brier score is better than that of the prevalence; 1 is perfect."""
        prevalence = self.n_events / self.n
        return 1 - self.brier / (prevalence * (1 - prevalence))

    def spiegelhalter(self) -> tuple[float, float]:
        """Spiegelhalter's z and its two-sided p, a test of calibration from the Brier score.

        References
        ----------
        Spiegelhalter DJ. Stat Med 1986;5:421-433.
        """
        distance = 1 - 2 * self.risk
        variance = float(np.sum(distance**2 * self.risk * (1 - self.risk)))
        z = float(np.sum((self.outcome - self.risk) * distance)) / variance**0.5
        return z, float(2 * ndtr(-abs(z)))

    def curve(self, *, span: float = 0.75) -> SmoothCurve:
        """The calibration curve: observed outcome smoothed over predicted risk by loess; may leave [0, 1]."""
        return loess(self.risk, self.outcome.astype(np.float64), span=span)

    def distances(self) -> Distances:
        """Integrated calibration index and its companions, from the loess curve.

        Raises
        ------
        NotEstimable
            ``too_few`` distinct risks.

        References
        ----------
        Austin PC, Steyerberg EW. Stat Med 2019;38:4051-4065.
        """
        return _distances(self.curve().at(self.risk), self.risk)

    def lowess_distances(self) -> Distances:
        """The same from the lowess curve, as `rms::val.prob` gives them (Eavg, E90, Emax)."""
        return _distances(lowess(self.risk, self.outcome.astype(np.float64)), self.risk)

    def hosmer_lemeshow(self, *, groups: int = 10) -> HosmerLemeshow:
        """Hosmer and Lemeshow's test of risks made elsewhere: df is the number of groups. Not a verdict."""
        return hosmer_lemeshow(self.outcome, self.risk, groups=groups, external=True)

    def quality(self) -> tuple[float, float, float]:
        """Harrell's indices of the risks as given: D (discrimination), U (unreliability) and Q = D - U.

        References
        ----------
        Miller ME, Hui SL, Tierney WM. Stat Med 1991;10:1213-1226.
        """
        as_given = float(np.sum(np.where(self.outcome, np.log(self.risk), np.log1p(-self.risk))))
        gain = 2 * (as_given - null_log_likelihood(self.n_events, self.n))
        discrimination = (gain - 1) / self.n
        unreliability = (2 * (self.log_likelihood - as_given) - 2) / self.n
        return discrimination, unreliability, discrimination - unreliability

    def c_statistic(self) -> float:
        """Area under the ROC curve of the risk."""
        return roc_curve(self.outcome, self.risk, direction="<").auc


def assess_calibration(outcome: ArrayLike, risk: ArrayLike) -> Calibration:
    """Assess predicted risks against outcomes.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool
        Whether the outcome occurred.
    risk : array_like of shape (n_patients,)
        Predicted risk, strictly within (0, 1): a risk of 0 or 1 has no log odds.

    Returns
    -------
    Calibration

    Raises
    ------
    NotEstimable
        ``one_class``; ``unequal_lengths``; ``missing``; ``outside_unit_interval``; ``certain_risk`` with the
        number of risks that are exactly 0 or 1; ``constant`` if all risks are equal; ``separated`` if the
        risks tell the classes apart perfectly; ``not_converged``.

    References
    ----------
    Van Calster B et al. BMC Med 2019;17:230.

    Examples
    --------
    >>> risk = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    >>> found = assess_calibration([0, 0, 1, 0, 1, 0, 1, 1], risk)
    >>> round(found.intercept, 4), round(found.slope, 4), round(found.observed_to_expected, 4)
    (0.2556, 1.3451, 1.1111)
    """
    occurred, predicted = two_classes(outcome), numbers(risk, "risk")
    if predicted.shape != occurred.shape:
        raise NotEstimable("unequal_lengths", variable="risk")
    if ((predicted < 0) | (predicted > 1)).any():
        raise NotEstimable("outside_unit_interval", variable="risk")
    certain = int(np.sum((predicted == 0) | (predicted == 1)))
    if certain:
        raise NotEstimable("certain_risk", n=certain)
    if predicted.max() == predicted.min():
        raise NotEstimable("constant", variable="risk")

    sign = np.where(occurred, 1.0, -1.0)
    log_odds = np.asarray(logit(predicted), dtype=np.float64)
    ones = np.ones((occurred.size, 1))
    large = maximise(ones, sign, offset=log_odds)
    centre, spread = float(log_odds.mean()), float(log_odds.std())
    basis = np.column_stack([ones[:, 0], (log_odds - centre) / spread])
    both = maximise(basis, sign, steps=_STEPS)
    if not both.converged and find_separation(basis, sign) is not None:
        raise NotEstimable("separated", terms=("risk",))
    if not (large.converged and both.converged):
        raise NotEstimable("not_converged", step="calibration")
    error = np.sqrt(np.diagonal(inverse(evaluate(basis, sign, both.theta)[2])))
    return Calibration(
        outcome=occurred,
        risk=predicted,
        intercept=float(large.theta[0]),
        intercept_error=float(large.information[0, 0]) ** -0.5,
        slope=float(both.theta[1]) / spread,
        slope_error=float(error[1]) / spread,
        joint_intercept=float(both.theta[0] - both.theta[1] * centre / spread),
        log_likelihood=both.log_likelihood,
    )


def _distances(smoothed: Floats, risk: Floats) -> Distances:
    away = np.abs(smoothed - risk)
    ninetieth = float(quantiles(away, np.array([0.9]))[0])
    return Distances(float(away.mean()), float(np.median(away)), ninetieth, float(away.max()))
