"""The patients of a logistic model in small parts: one more patient copies and reads again very little."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import Floats, measured

_PART = 1 << 14
"""A likelihood is evaluated part by part: as many patients as it takes in one block."""
_SAMPLE = 1 << 10
_FEW = 1 << 10
"""Patients who come one by one share a part up to so many: it is copied for each of them."""
_SAME = 1e-9
"""In steps of the frame: patients nearer to each other are one patient, seen through two frames."""


@dataclass(frozen=True)
class Frame:
    """Where each measurement is counted from and in which steps, so that a model is well conditioned.

    Any origin and any step give the same model; these lie near the mean and the standard deviation.
    """

    origin: tuple[float, ...]
    step: tuple[float, ...]

    @classmethod
    def of(cls, columns: Mapping[str, NDArray[np.generic]]) -> "Frame":
        """The frame of some patients' measurements, from a sample of them."""
        found = [_centre_and_spread(column, name) for name, column in columns.items()]
        return cls(tuple(centre for centre, _ in found), tuple(spread for _, spread in found))


def _centre_and_spread(column: NDArray[np.generic], variable: str) -> tuple[float, float]:
    known = measured(column[:: max(1, column.size // _SAMPLE)], variable)
    known = known[~np.isnan(known)]
    if not known.size:
        return 0.0, 1.0
    centre = float(known.sum()) / known.size
    known -= centre
    spread = float(known @ known / known.size) ** 0.5
    # Of a constant only rounding is left.
    return centre, spread if spread > 1e-12 * abs(centre) else abs(centre) or 1.0


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
    frame : Frame
    parts : tuple of Part
        Never changed, only replaced: a model knows by them which patients it has already seen.
    """

    variables: tuple[str, ...]
    frame: Frame
    parts: tuple[Part, ...]

    @classmethod
    def of(
        cls,
        columns: Mapping[str, NDArray[np.generic]],
        has_event: NDArray[np.bool_],
        eligible: NDArray[np.bool_],
        *,
        frame: Frame | None = None,
    ) -> "Rows":
        """The eligible patients without a gap.

        Parameters
        ----------
        columns : mapping of str to ndarray of shape (n_patients,)
            Each variable in its unit; NaN is missing.
        has_event, eligible : ndarray of shape (n_patients,), bool
        frame : Frame, optional
            That of the patients whom these will join.

        Returns
        -------
        Rows
        """
        known = frame or Frame.of(columns)
        places = list(enumerate(zip(columns.values(), known.origin, known.step, strict=True), 1))
        chosen = np.flatnonzero(eligible)
        parts = []
        for start in range(0, chosen.size, _PART):
            rows = chosen[start : start + _PART]
            basis = np.empty((rows.size, len(columns) + 1), order="F")
            basis[:, 0] = 1.0
            for k, (column, origin, step) in places:
                np.subtract(column[rows], origin, out=basis[:, k])
                basis[:, k] /= step
            sign = np.where(has_event[rows], 1.0, -1.0)
            # A gap anywhere in a row is a gap in its sum.
            whole = ~np.isnan(basis.sum(axis=1))
            if not whole.all():
                basis, sign = np.asfortranarray(basis[whole]), sign[whole]
            if sign.size:
                parts.append(Part(basis, sign))
        return cls(tuple(columns), known, tuple(parts))

    def among(self, variables: tuple[str, ...], frame: Frame) -> "Rows":
        """The same patients with some of their measurements, in a frame of these."""
        places = [self.variables.index(name) for name in variables]
        columns = [0, *(place + 1 for place in places)]
        known = Frame(
            tuple(self.frame.origin[place] for place in places),
            tuple(self.frame.step[place] for place in places),
        )
        # Indexed as rows of the transpose, which lie together in memory.
        parts = tuple(Part(part.basis.T[columns].T, part.sign) for part in self.parts)
        return Rows(variables, known, parts)._in(frame)

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
            if joined and joined[-1].sign.size + part.sign.size <= _FEW:
                last = joined.pop()
                basis = np.asfortranarray(np.concatenate([last.basis, part.basis]))
                part = Part(basis, np.concatenate([last.sign, part.sign]))
            joined.append(part)
        return Rows(self.variables, self.frame, tuple(joined))

    def subtract(self, other: "Rows") -> "Rows":
        """These patients without those of another, all of whom must be in it."""
        self._require_same(other)
        left = list(self.parts)
        for part in other._in(self.frame).parts:
            for row, sign in zip(part.basis, part.sign, strict=True):
                _take_one(left, row, sign)
        return Rows(self.variables, self.frame, tuple(left))

    def _in(self, frame: Frame) -> "Rows":
        """The same patients in another frame."""
        if frame == self.frame:
            return self
        parts = []
        for part in self.parts:
            basis = part.basis.copy(order="F")
            for k in range(len(frame.step)):
                basis[:, k + 1] *= self.frame.step[k] / frame.step[k]
                basis[:, k + 1] += (self.frame.origin[k] - frame.origin[k]) / frame.step[k]
            parts.append(Part(basis, part.sign))
        return Rows(self.variables, frame, tuple(parts))

    def _require_same(self, other: "Rows") -> None:
        if self.variables != other.variables:
            raise ValueError("the patients differ in measurements")

    def back(self) -> Floats:
        """Coefficients per unit of each measurement are ``back @ theta``; the intercept comes first."""
        step, origin = np.array(self.frame.step), np.array(self.frame.origin)
        back = np.diag(np.concatenate([[1.0], 1 / step]))
        back[0, 1:] = -origin / step
        return back

    def require_variation(self) -> None:
        """Refuse (``constant``) a variable that is the same in all patients."""
        low = np.min([part.basis.min(axis=0) for part in self.parts], axis=0)
        high = np.max([part.basis.max(axis=0) for part in self.parts], axis=0)
        for variable, one, other in zip(self.variables, low[1:], high[1:], strict=True):
            if other - one < _SAME:
                raise NotEstimable("constant", variable=variable)


def _take_one(parts: list[Part], row: Floats, sign: float) -> None:
    """Replace the part that holds such a patient by one without."""
    for position, part in enumerate(parts):
        alike = np.flatnonzero((np.abs(part.basis - row) < _SAME).all(axis=1) & (part.sign == sign))
        if alike.size:
            basis = np.asfortranarray(np.delete(part.basis, alike[0], axis=0))
            parts[position] = Part(basis, np.delete(part.sign, alike[0]))
            return
    raise ValueError("patients are subtracted who were never added")
