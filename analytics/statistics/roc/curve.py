"""What an empirical ROC curve says: its area, intervals and cut-offs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from analytics.statistics.errors import NotEstimable
from analytics.statistics.roc.area import hanley_mcneil_error
from analytics.statistics.roc.operating import OperatingPoint

Direction = Literal["<", ">"]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

# Distances to the corner that agree to this share are compared again in whole numbers.
_NEAR_TIE = 1e-9

# Below this, twice n_cases x n_controls fits into 64 bits.
_INT64_PRODUCT = 2**61


@dataclass(frozen=True)
class DeLong:
    """DeLong's variance of an area, with its normal interval.

    Attributes
    ----------
    variance, standard_error : float
        Zero when the classes are perfectly separated or the marker is constant.
    ci_low, ci_high : float
        Clipped to [0, 1]; they coincide when the variance is zero, which then misleads.
    """

    variance: float
    standard_error: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, eq=False)
class RocCurve:
    """An empirical ROC curve in pROC's order: sensitivity descending, specificity ascending.

    Attributes
    ----------
    direction : {"<", ">"}
        "<": a patient is positive when marker >= threshold; ">": when marker <= threshold.
    values : ndarray of shape (n_values,)
        Distinct values of the marker, ascending.
    cases, controls : ndarray of shape (n_values,), int
        Patients of each class at each value.
    thresholds : ndarray of shape (n_values + 1,)
        Midpoints of consecutive values, and both infinities.
    tp, fp, tn, fn : ndarray of shape (n_values + 1,), int
        Counts at each threshold.
    """

    direction: Direction
    values: Floats
    cases: Counts
    controls: Counts
    thresholds: Floats
    tp: Counts
    fp: Counts
    tn: Counts
    fn: Counts

    @property
    def n_cases(self) -> int:
        """Patients with the outcome."""
        return int(self.tp[0])

    @property
    def n_controls(self) -> int:
        """Patients without the outcome."""
        return int(self.fp[0])

    @property
    def sensitivity(self) -> Floats:
        """Share of the cases called positive at each threshold."""
        return self.tp / self.n_cases

    @property
    def specificity(self) -> Floats:
        """Share of the controls called negative at each threshold."""
        return self.tn / self.n_controls

    @cached_property
    def _cases_above(self) -> Counts:
        """Twice the cases beyond each value, a tie counted one half: integers."""
        return self._by_value(2 * self.tp[1:] + self._by_value(self.cases))

    @cached_property
    def _controls_below(self) -> Counts:
        """Twice the controls on the healthy side of each value, a tie counted one half: integers."""
        return self._by_value(2 * self.tn[:-1] + self._by_value(self.controls))

    def _by_value(self, counts: Counts) -> Counts:
        """Turn an array between the order of the values and the order of the curve."""
        return counts if self.direction == "<" else counts[::-1]

    @cached_property
    def auc(self) -> float:
        """Area under the curve by exact counting, ties one half."""
        pairs = int(self._wide(self.cases) @ self._controls_below)
        return pairs / (2 * self.n_cases * self.n_controls)

    def _wide(self, counts: Counts) -> NDArray[np.int64] | NDArray[np.object_]:
        """Counts that can be multiplied by a class size without overflow."""
        return counts if self.n_cases * self.n_controls < _INT64_PRODUCT else counts.astype(object)

    def delong(self, *, level: float = 0.95) -> DeLong:
        """DeLong's variance and normal interval of the area, in one pass over the distinct values.

        Parameters
        ----------
        level : float
            Confidence level.

        Returns
        -------
        DeLong
            Dimensionless.

        Raises
        ------
        NotEstimable
            ``too_few_cases`` or ``too_few_controls`` if a class has fewer than two patients.

        References
        ----------
        DeLong ER et al. Biometrics 1988;44:837-845.
        """
        for reason, n in (("too_few_cases", self.n_cases), ("too_few_controls", self.n_controls)):
            if n < 2:
                raise NotEstimable(reason, n=n, needed=2)
        v10 = self._controls_below / (2 * self.n_controls) - self.auc
        v01 = self._cases_above / (2 * self.n_cases) - self.auc
        variance = float(
            self.cases @ (v10 * v10) / (self.n_cases - 1) / self.n_cases
            + self.controls @ (v01 * v01) / (self.n_controls - 1) / self.n_controls
        )
        error = float(np.sqrt(variance))
        half = float(ndtri(0.5 + level / 2)) * error
        return DeLong(variance, error, max(0.0, self.auc - half), min(1.0, self.auc + half))

    def ci_logit(self, *, level: float = 0.95) -> tuple[float, float]:
        """Interval of the area on the logit scale, from DeLong's variance.

        Raises
        ------
        NotEstimable
            ``perfect_separation`` if the area is 0 or 1; as `delong` otherwise.

        References
        ----------
        Pepe MS. The statistical evaluation of medical tests for classification and prediction. 2003, p. 107.
        """
        if self.auc in (0.0, 1.0):
            raise NotEstimable("perfect_separation", auc=self.auc)
        half = float(ndtri(0.5 + level / 2)) * self.delong().standard_error / (self.auc * (1 - self.auc))
        centre = float(logit(self.auc))
        return float(expit(centre - half)), float(expit(centre + half))

    def hanley_mcneil(self) -> float:
        """Standard error of the area by Hanley and McNeil's formula."""
        return hanley_mcneil_error(self.auc, self.n_cases, self.n_controls)

    def test_against_half(self) -> tuple[float, float]:
        """z and two-sided p of the area against 0.5, by DeLong's variance.

        z is infinite, and p zero, when a separated marker has no variance.

        Raises
        ------
        NotEstimable
            ``no_variance`` if the area is 0.5 without variance; as `delong` otherwise.
        """
        error = self.delong().standard_error
        if error == 0:
            if self.auc == 0.5:
                raise NotEstimable("no_variance", auc=self.auc)
            return float(np.copysign(np.inf, self.auc - 0.5)), 0.0
        z = (self.auc - 0.5) / error
        return z, float(2 * ndtr(-abs(z)))

    def partial_auc(
        self,
        low: float,
        high: float = 1.0,
        *,
        focus: Literal["specificity", "sensitivity"] = "specificity",
        corrected: bool = False,
    ) -> float:
        """Area under the part of the curve where specificity (or sensitivity) lies within [low, high].

        Parameters
        ----------
        low, high : float
            Limits of the part, within [0, 1].
        focus : {"specificity", "sensitivity"}
            Which of the two the limits bound.
        corrected : bool
            Rescale so that 0.5 is chance and 1 is perfect (McClish).

        Returns
        -------
        float
            At most high - low, or within [0.5, 1] when corrected.

        Raises
        ------
        NotEstimable
            ``below_chance`` if a corrected area is asked of a part below the diagonal.

        References
        ----------
        McClish DK. Med Decis Making 1989;9:190-195.
        """
        x, y = self.specificity, self.sensitivity
        if focus == "sensitivity":
            x, y = y[::-1], x[::-1]
        left, right = np.clip(x[:-1], low, high), np.clip(x[1:], low, high)
        step = np.where(x[1:] > x[:-1], x[1:] - x[:-1], 1.0)
        slope = (y[1:] - y[:-1]) / step
        middle = y[:-1] + slope * ((left + right) / 2 - x[:-1])
        area = float(np.sum((right - left) * middle))
        if not corrected:
            return area
        chance = (high - low) * (2 - low - high) / 2
        if area < chance - 1e-12:
            raise NotEstimable("below_chance", area=area, chance=chance)
        return (1 + (area - chance) / (high - low - chance)) / 2

    def operating_point(self, index: int) -> OperatingPoint:
        """The counts at one threshold, by its position in `thresholds`."""
        return OperatingPoint(
            float(self.thresholds[index]),
            int(self.tp[index]),
            int(self.fp[index]),
            int(self.tn[index]),
            int(self.fn[index]),
        )

    def at(self, threshold: float) -> OperatingPoint:
        """The counts at a given threshold, which need not be one of the curve's own."""
        positive = self.values >= threshold if self.direction == "<" else self.values <= threshold
        tp, fp = int(self.cases[positive].sum()), int(self.controls[positive].sum())
        return OperatingPoint(float(threshold), tp, fp, self.n_controls - fp, self.n_cases - tp)

    def youden(self) -> tuple[OperatingPoint, ...]:
        """Every cut-off that attains the largest sensitivity + specificity, highest sensitivity first.

        Ties are found in whole numbers, TP x n_controls + TN x n_cases: pROC compares sums of floats and can
        miss one.

        Returns
        -------
        tuple of OperatingPoint
            At least one; the first is the cut-off to show.

        References
        ----------
        Youden WJ. Cancer 1950;3:32-35.
        """
        score = self._wide(self.tp) * self.n_controls + self._wide(self.tn) * self.n_cases
        return tuple(self.operating_point(int(k)) for k in np.flatnonzero(score == score.max()))

    def topleft(self) -> tuple[OperatingPoint, ...]:
        """Every cut-off closest to sensitivity = specificity = 1, highest sensitivity first, ties exact."""
        distance = (1 - self.sensitivity) ** 2 + (1 - self.specificity) ** 2
        near = np.flatnonzero(distance <= distance.min() * (1 + _NEAR_TIE))
        exact = [
            (int(self.fn[k]) * self.n_controls) ** 2 + (int(self.fp[k]) * self.n_cases) ** 2 for k in near
        ]
        return tuple(
            self.operating_point(int(k)) for k, d in zip(near, exact, strict=True) if d == min(exact)
        )
