"""What is imputed from what: each variable as columns of a design, and which of them predict which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.samples import Floats

Method = Literal["pmm", "norm", "levels"]
Bools = NDArray[np.bool_]

_CONSTANT = 1e-8
"""Standard deviations within which a predictor's values are one."""


@dataclass(frozen=True, eq=False)
class Variable:
    """A variable of the imputation model.

    Attributes
    ----------
    values : ndarray of shape (n_patients,)
        A measurement in any unit, or levels counted from 0; NaN where missing.
    method : {"pmm", "norm", "levels"}
        Predictive mean matching or normal regression of a measurement; logistic models of levels.
    """

    values: Floats
    method: Method = "pmm"

    @property
    def missing(self) -> Bools:
        """Patients without a value, shape (n_patients,)."""
        return np.isnan(self.values)


@dataclass(frozen=True)
class Passive:
    """A variable that follows from others and is computed from them, never drawn.

    Attributes
    ----------
    parents : tuple of str
        In the order in which the formula takes them.
    formula : callable
        Arrays of the parents' values to an array.
    """

    parents: tuple[str, ...]
    formula: Callable[..., Floats]


@dataclass(frozen=True, eq=False)
class Columns:
    """A variable as columns of a design: itself, or its levels after the first, centred and scaled.

    Attributes
    ----------
    levels : ndarray of shape (width,) or None
        None of a measurement.
    centre, spread : ndarray of shape (width,)
        Among the observed values.
    """

    levels: Floats | None
    centre: Floats
    spread: Floats

    @classmethod
    def of(cls, variable: Variable) -> "Columns":
        """How a variable's observed values set its columns."""
        observed = variable.values[~variable.missing]
        levels = np.unique(observed)[1:] if variable.method == "levels" else None
        raw = observed[:, None] if levels is None else (observed[:, None] == levels).astype(np.float64)
        if not len(raw):
            return cls(levels, np.zeros(raw.shape[1]), np.ones(raw.shape[1]))
        spread = raw.std(axis=0)
        # Over an infinite spread a constant is 0, which predicts nothing.
        return cls(levels, raw.mean(axis=0), np.where(spread > 0, spread, np.inf))

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.centre.size)

    def filled(self, values: Floats) -> Floats:
        """The columns of some patients, shape (n_patients, width)."""
        raw = values[:, None] if self.levels is None else values[:, None] == self.levels
        return np.asarray((raw - self.centre) / self.spread)


@dataclass(frozen=True, eq=False)
class Equations:
    """The variables of an imputation model, and the columns of one matrix that stand for them.

    Attributes
    ----------
    variables : mapping of str to Variable
    rules : mapping of str to Passive
    columns : mapping of str to Columns
    places : mapping of str to slice
        Where in the matrix a variable's columns stand; the first column is 1.
    drawn : tuple of str
        The variables with gaps that are not computed from others.
    used : mapping of str to ndarray of shape (n_columns,), bool
        For each of these, the columns that predict it.
    """

    variables: Mapping[str, Variable]
    rules: Mapping[str, Passive]
    columns: Mapping[str, Columns]
    places: Mapping[str, slice]
    drawn: tuple[str, ...]
    used: Mapping[str, Bools]

    @classmethod
    def of(cls, variables: Mapping[str, Variable], rules: Mapping[str, Passive]) -> "Equations":
        """The equations of some variables, those by a rule predicting all but their parents."""
        columns = {name: Columns.of(variable) for name, variable in variables.items()}
        ends = np.cumsum([1, *(each.width for each in columns.values())])
        places = {name: slice(*pair) for name, pair in zip(variables, pairwise(ends.tolist()), strict=True)}
        drawn = tuple(
            name for name, variable in variables.items() if name not in rules and variable.missing.any()
        )
        observed = np.ones((next(iter(variables.values())).values.size, int(ends[-1])))
        for name, place in places.items():
            observed[:, place] = columns[name].filled(variables[name].values)
            observed[variables[name].missing, place] = np.nan
        used = {}
        for name in drawn:
            used[name] = _varying(observed[~variables[name].missing])
            for other, place in places.items():
                if other == name or (other in rules and name in rules[other].parents):
                    used[name][place] = False
        return cls(variables, rules, columns, places, drawn, used)

    @property
    def empty(self) -> Floats:
        """The matrix before anything is filled in, shape (n_patients, n_columns)."""
        n_columns = 1 + sum(each.width for each in self.columns.values())
        return np.ones((next(iter(self.variables.values())).values.size, n_columns))


def _varying(observed: Floats) -> Bools:
    """The constant, and the columns that take two values or more among these patients."""
    low, high = np.fmin.reduce(observed, axis=0), np.fmax.reduce(observed, axis=0)
    varies = np.asarray(high - low > _CONSTANT)
    varies[0] = True
    return varies
