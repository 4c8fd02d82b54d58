"""Who is at risk at each event, prepared once and summed for any risk scores: the core of the Cox model.

Every sum over a risk set is a difference of cumulative sums, and every sum over the events that a patient
lives through is another, so that a likelihood costs one pass over the patients and never a loop.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.survival.observations import BoolArray, FloatArray, IntArray, from_then_on

Ties = Literal["efron", "breslow", "exact"]


@dataclass(frozen=True, eq=False)
class Likelihood:
    """A partial log likelihood with its first derivatives and its information.

    Attributes
    ----------
    value : float
    score : ndarray of shape (n_terms,)
    information : ndarray of shape (n_terms, n_terms)
    """

    value: float
    score: FloatArray
    information: FloatArray


@dataclass(frozen=True, eq=False)
class Steps:
    """The partial likelihood taken apart at given coefficients: one step for each event.

    Under Efron's rule the l-th of d tied events sees the risk set without the share l/d of the tied patients.

    Attributes
    ----------
    risk : ndarray of shape (n_patients,)
        Hazard of each patient relative to `exp(shift)`.
    shift : float
        Taken off every linear predictor before exponentiation.
    weight : ndarray of shape (n_events,)
        Mean case weight of the tied events.
    denominator : ndarray of shape (n_events,)
        Weighted risk of the risk set.
    mean : ndarray of shape (n_events, n_terms)
        Weighted mean of the covariates in the risk set.
    """

    risk: FloatArray
    shift: float
    weight: FloatArray
    denominator: FloatArray
    mean: FloatArray

    @property
    def hazard(self) -> FloatArray:
        """Increment of the cumulative hazard at each event, for a patient of risk 1."""
        increments: FloatArray = self.weight / self.denominator
        return increments


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Patients (or spells of patients) ordered for a Cox model.

    Attributes
    ----------
    design : ndarray of shape (n_patients, n_terms)
        Covariates, no intercept.
    time : ndarray of shape (n_patients,)
        End of follow-up, or of the spell.
    event : ndarray of shape (n_patients,), bool
    stratum : ndarray of shape (n_patients,), int
        Positions 0, 1, ...; risk sets never cross strata.
    entry : ndarray of shape (n_patients,) or None
        Start of the spell: at risk in (entry, time]. None when everyone starts at 0.
    weight : ndarray of shape (n_patients,)
        Case weights.
    efron : bool
        Efron's rule for tied events, otherwise Breslow's.
    """

    design: FloatArray
    time: FloatArray
    event: BoolArray
    stratum: IntArray
    entry: FloatArray | None
    weight: FloatArray
    efron: bool

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return int(self.stratum.max()) + 1

    @cached_property
    def _keys(self) -> tuple[IntArray, IntArray, int]:
        """Stratum and rank of the time as one integer, for the ends and the starts; numbers in a stratum."""
        entry = np.full_like(self.time, -np.inf) if self.entry is None else self.entry
        ranks = np.unique(np.r_[entry, self.time], return_inverse=True)[1]
        width = int(ranks.max()) + 1
        base = self.stratum * width
        return base + ranks[self.time.size :], base + ranks[: self.time.size], width

    @cached_property
    def _exit_order(self) -> NDArray[np.intp]:
        return np.argsort(self._keys[0], kind="stable")

    @cached_property
    def event_rows(self) -> NDArray[np.intp]:
        """Rows with an event, by stratum and time: the order of the steps."""
        rows: NDArray[np.intp] = self._exit_order[self.event[self._exit_order]]
        return rows

    @cached_property
    def _blocks(self) -> tuple[IntArray, IntArray, IntArray]:
        """Key, first step and size of each block of tied events."""
        keys, first, size = np.unique(self._keys[0][self.event_rows], return_index=True, return_counts=True)
        return keys, first, size

    @cached_property
    def block_of_step(self) -> IntArray:
        """The block of tied events that each step belongs to."""
        size = self._blocks[2]
        return np.repeat(np.arange(size.size), size)

    @cached_property
    def share_gone(self) -> FloatArray:
        """For each step the share of the tied events that Efron's rule has already removed."""
        if not self.efron:
            return np.zeros(self.event_rows.size)
        _, first, size = self._blocks
        block = self.block_of_step
        gone: FloatArray = (np.arange(block.size) - first[block]) / size[block]
        return gone

    @cached_property
    def block_time(self) -> FloatArray:
        """Time of each block of tied events."""
        return self.time[self.event_rows[self._blocks[1]]]

    @cached_property
    def block_stratum(self) -> IntArray:
        """Stratum of each block of tied events."""
        return self.stratum[self.event_rows[self._blocks[1]]]

    @cached_property
    def _at_risk(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Bounds of each block's risk set among the ordered ends, and of those yet to start."""
        exits, entries, width = self._keys
        keys = self._blocks[0]
        stratum_end = (keys // width + 1) * width
        sorted_exits, sorted_entries = exits[self._exit_order], np.sort(entries)
        return (
            np.searchsorted(sorted_exits, keys),
            np.searchsorted(sorted_exits, stratum_end),
            np.searchsorted(sorted_entries, keys),
            np.searchsorted(sorted_entries, stratum_end),
        )

    @cached_property
    def _lived_through(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """For each row the first block after its start and the first after its end."""
        exits, entries, _ = self._keys
        keys = self._blocks[0]
        return np.searchsorted(keys, entries, side="right"), np.searchsorted(keys, exits, side="right")

    def sum_at_risk(self, values: FloatArray) -> FloatArray:
        """Sum over the risk set of each block; `values` of shape (n_patients, ...)."""
        first, end, entry_first, entry_end = self._at_risk
        ordered = _padded(from_then_on(values[self._exit_order]))
        total: FloatArray = ordered[first] - ordered[end]
        if self.entry is not None:
            waiting = _padded(from_then_on(values[np.argsort(self._keys[1], kind="stable")]))
            total -= waiting[entry_first] - waiting[entry_end]
        return total

    def sum_of_events(self, values: FloatArray) -> FloatArray:
        """Sum over the tied events of each block; `values` of shape (n_patients, ...)."""
        sums: FloatArray = np.add.reduceat(values[self.event_rows], self._blocks[1], axis=0)
        return sums

    def sum_lived_through(self, per_step: FloatArray) -> FloatArray:
        """Sum of the steps during which each row was at risk; `per_step` of shape (n_events, ...).

        An event counts at its own tied steps only to the share that Efron's rule leaves it there.
        """
        started, ended = self._lived_through
        per_block = np.add.reduceat(per_step, self._blocks[1], axis=0)
        running = np.concatenate([np.zeros((1, *per_block.shape[1:])), np.cumsum(per_block, axis=0)])
        total: FloatArray = running[ended] - running[started]
        if self.efron:
            gone = self.share_gone.reshape(-1, *[1] * (per_step.ndim - 1)) * per_step
            total[self.event_rows] -= np.add.reduceat(gone, self._blocks[1], axis=0)[self.block_of_step]
        return total

    def steps(self, coefficients: FloatArray) -> Steps:
        """Take the likelihood apart at given coefficients."""
        predictor = self.design @ coefficients
        shift = float(predictor.max())
        risk = np.exp(predictor - shift)
        weighted = self.weight * risk
        first_moment = weighted[:, None] * self.design
        block, gone = self.block_of_step, self.share_gone
        denominator = self.sum_at_risk(weighted)[block] - gone * self.sum_of_events(weighted)[block]
        moment = self.sum_at_risk(first_moment)[block]
        moment -= gone[:, None] * self.sum_of_events(first_moment)[block]
        weight = (self.sum_of_events(self.weight) / self._blocks[2])[block]
        return Steps(risk, shift, weight, denominator, moment / denominator[:, None])

    def likelihood(self, coefficients: FloatArray) -> Likelihood:
        """Partial log likelihood and its derivatives; the design should be centred to keep all digits."""
        steps = self.steps(coefficients)
        events = self.event_rows
        weight = self.weight[events]
        predictor = self.design[events] @ coefficients - steps.shift
        value = float(weight @ predictor - steps.weight @ np.log(steps.denominator))
        score = weight @ self.design[events] - steps.weight @ steps.mean
        expected = self.weight * steps.risk * self.sum_lived_through(steps.hazard)
        information = (self.design * expected[:, None]).T @ self.design
        information -= (steps.mean * steps.weight[:, None]).T @ steps.mean
        return Likelihood(value, score, information)

    def score_residuals(self, coefficients: FloatArray) -> FloatArray:
        """Contribution of each row to the score per unit of case weight, shape (n_patients, n_terms)."""
        steps = self.steps(coefficients)
        hazard = self.sum_lived_through(steps.hazard)
        moment = self.sum_lived_through(steps.hazard[:, None] * steps.mean)
        residuals: FloatArray = steps.risk[:, None] * (moment - self.design * hazard[:, None])
        residuals[self.event_rows] += self.event_residuals(steps)
        return residuals

    def event_residuals(self, steps: Steps) -> FloatArray:
        """Covariates of each event less their mean in its risk set, in the order of the steps.

        Tied events share the mean of the means that Efron's rule gives them.
        """
        _, first, size = self._blocks
        mean_over_ties = np.add.reduceat(steps.mean, first, axis=0) / size[:, None]
        residuals: FloatArray = self.design[self.event_rows] - mean_over_ties[self.block_of_step]
        return residuals


def _padded(sums: FloatArray) -> FloatArray:
    """With a last row of zeros, for the sum over nobody."""
    return np.concatenate([sums, np.zeros((1, *sums.shape[1:]))])
