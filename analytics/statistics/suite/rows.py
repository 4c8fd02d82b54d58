"""The patients of a logistic model in small parts: one more patient copies and reads again very little."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats
from analytics.statistics.summaries import Coded

_PART = 1 << 14
_SAMPLE = 1 << 14


@dataclass(frozen=True)
class Frame:
    """Where each measurement is counted from and in which steps, so that a model is well conditioned.

    Any origin and any step give the same model; these lie near the mean and the standard deviation.
    """

    origin: tuple[int, ...]
    step: tuple[float, ...]

    @classmethod
    def of(cls, codes: Sequence[NDArray[np.int64]]) -> "Frame":
        """The frame of some patients' codes, from a sample of them."""
        origin, step = [], []
        for column in codes:
            sample = column[:: max(1, column.size // _SAMPLE)]
            spread = float(sample.std()) if sample.size else 0.0
            origin.append(round(float(sample.mean())) if sample.size else 0)
            step.append(spread or (float(np.ptp(column)) if column.size else 0.0) or 1.0)
        return cls(tuple(origin), tuple(step))


@dataclass(frozen=True, eq=False)
class Part:
    """Some patients.

    Attributes
    ----------
    basis : ndarray of shape (n_patients, n_columns)
        The intercept and the measurements in their frame, one column after the other in memory.
    sign : ndarray of shape (n_patients,)
        1 where the outcome occurred, -1 where not.
    """

    basis: Floats
    sign: Floats


@dataclass(frozen=True, eq=False)
class Rows:
    """All patients of a model who have every measurement and an outcome.

    Attributes
    ----------
    variables : tuple of str
    decimals : tuple of int
        Of each variable's codes.
    frame : Frame
    parts : tuple of Part
        Never changed, only replaced: a model knows by them which patients it has already seen.
    """

    variables: tuple[str, ...]
    decimals: tuple[int, ...]
    frame: Frame
    parts: tuple[Part, ...]

    @classmethod
    def of(
        cls,
        measurements: Sequence[Coded],
        variables: tuple[str, ...],
        has_event: NDArray[np.bool_],
        eligible: NDArray[np.bool_],
        *,
        frame: Frame | None = None,
    ) -> "Rows":
        """The eligible patients without a gap.

        Parameters
        ----------
        measurements : sequence of Coded
            One for each variable, of shape (n_patients,).
        variables : tuple of str
        has_event, eligible : ndarray of shape (n_patients,), bool
        frame : Frame, optional
            That of the patients whom these will join.

        Returns
        -------
        Rows
        """
        complete = eligible
        for one in measurements:
            if one.is_missing.any():
                complete = complete & ~one.is_missing
        chosen = np.flatnonzero(complete)
        codes = [one.codes[chosen] for one in measurements]
        known = frame or Frame.of(codes)
        sign = np.where(has_event[chosen], 1.0, -1.0)
        parts = []
        for start in range(0, chosen.size, _PART):
            rows = slice(start, start + _PART)
            basis = np.ones((sign[rows].size, len(codes) + 1), order="F")
            for k, (column, origin, step) in enumerate(zip(codes, known.origin, known.step, strict=True)):
                np.divide(column[rows] - origin, step, out=basis[:, k + 1])
            parts.append(Part(basis, sign[rows]))
        return cls(variables, tuple(one.decimals for one in measurements), known, tuple(parts))

    @property
    def n(self) -> int:
        """Patients."""
        return sum(part.sign.size for part in self.parts)

    @property
    def n_events(self) -> int:
        """Patients with the outcome."""
        return sum(int(np.count_nonzero(part.sign > 0)) for part in self.parts)

    def merge(self, other: "Rows") -> "Rows":
        """The patients of both, in the frame of these."""
        self._require_same(other)
        joined = list(self.parts)
        for part in other._in(self.frame).parts:
            if joined and joined[-1].sign.size + part.sign.size <= _PART:
                last = joined.pop()
                basis = np.asfortranarray(np.concatenate([last.basis, part.basis]))
                part = Part(basis, np.concatenate([last.sign, part.sign]))
            joined.append(part)
        return Rows(self.variables, self.decimals, self.frame, tuple(joined))

    def subtract(self, other: "Rows") -> "Rows":
        """These patients without those of another, all of whom must be in it."""
        self._require_same(other)
        left = list(self.parts)
        for part in other._in(self.frame).parts:
            for row, sign in zip(part.basis, part.sign, strict=True):
                _take_one(left, row, sign)
        return Rows(self.variables, self.decimals, self.frame, tuple(left))

    def _in(self, frame: Frame) -> "Rows":
        """The same patients in another frame."""
        if frame == self.frame:
            return self
        parts = []
        for part in self.parts:
            basis = part.basis.copy(order="F")
            for k in range(len(frame.step)):
                # Back to whole numbers, so that equal patients stay equal.
                codes = np.rint(basis[:, k + 1] * self.frame.step[k]) + self.frame.origin[k]
                basis[:, k + 1] = (codes - frame.origin[k]) / frame.step[k]
            parts.append(Part(basis, part.sign))
        return Rows(self.variables, self.decimals, frame, tuple(parts))

    def _require_same(self, other: "Rows") -> None:
        if (self.variables, self.decimals) != (other.variables, other.decimals):
            raise ValueError("the patients differ in measurements or decimals")

    def back(self) -> Floats:
        """Coefficients per unit of each measurement are ``back @ theta``; the intercept comes first."""
        unit = np.array([10.0**decimals for decimals in self.decimals])
        step, origin = np.array(self.frame.step), np.array(self.frame.origin, dtype=np.float64)
        back = np.diag(np.concatenate([[1.0], unit / step]))
        back[0, 1:] = -origin / step
        return back

    def require_variation(self) -> None:
        """Refuse (``constant``) a variable that is the same in all patients."""
        low = np.min([part.basis.min(axis=0) for part in self.parts], axis=0)
        high = np.max([part.basis.max(axis=0) for part in self.parts], axis=0)
        for variable, one, other in zip(self.variables, low[1:], high[1:], strict=True):
            if one == other:
                raise NotEstimable("constant", variable=variable)


def _take_one(parts: list[Part], row: Floats, sign: float) -> None:
    """Replace the part that holds such a patient by one without."""
    for position, part in enumerate(parts):
        alike = np.flatnonzero((part.basis == row).all(axis=1) & (part.sign == sign))
        if alike.size:
            basis = np.asfortranarray(np.delete(part.basis, alike[0], axis=0))
            parts[position] = Part(basis, np.delete(part.sign, alike[0]))
            return
    raise ValueError("patients are subtracted who were never added")
