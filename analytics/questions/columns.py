"""The patients a question asks of, and its variables as the plan derives them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.plan import READS, Definition, Variables
from analytics.statistics.design import INTERCEPT, Design, design_matrix
from analytics.statistics.errors import NotEstimable, attempt
from analytics.statistics.samples import measured

Floats = NDArray[np.float64]
Scale = Literal["continuous", "binary", "categorical"]

TELLING = 4
"""Measurements that two patients do not share by chance."""

SMALLEST, LARGEST = 1e-100, 1e100
"""Sizes of measurements, other than zero, beyond which their squares leave a double's range."""


@dataclass(frozen=True, eq=False)
class Measurements:
    """A variable measured again and again, by patient and time.

    Attributes
    ----------
    patient : ndarray of shape (n_measurements,), int
        The patient's place among those of the population.
    months : ndarray of shape (n_measurements,)
        Since time zero.
    value : ndarray of shape (n_measurements,)
    """

    patient: NDArray[np.int64]
    months: Floats
    value: Floats

    def where(self, chosen: NDArray[np.bool_]) -> "Measurements":
        """Some of the measurements."""
        return Measurements(self.patient[chosen], self.months[chosen], self.value[chosen])


class Columns:
    """One row per patient of the population; a column is derived when it is asked for.

    `draws` and `readings` have a row for each time something was measured or read, with the patient's place.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        variables: Variables,
        population: dict[str, list[str]],
        *,
        draws: pd.DataFrame | None = None,
        readings: pd.DataFrame | None = None,
    ) -> None:
        belongs = np.ones(len(frame), dtype=bool)
        for column, values in population.items():
            belongs &= frame[column].isin(values).to_numpy()
        self.frame = frame[belongs]
        self.variables = variables
        self.draws = _of_patients(draws, belongs)
        self.readings = _of_patients(readings, belongs)

    @classmethod
    def of(
        cls, definition: Definition, variables: Variables, frame: pd.DataFrame, **serial: pd.DataFrame | None
    ) -> "Columns":
        """The columns of a question's population, and of the other tables the one that its kind reads."""
        name = READS.get(definition["kind"], "")
        table = serial.get(name)
        read = {} if table is None else {name: _with_finite_months(table)}
        return cls(frame, variables, definition.get("population", {}), **read)

    @property
    def n(self) -> int:
        """Patients in the population."""
        return len(self.frame)

    def scale(self, code: str) -> Scale:
        """How a variable is measured, by its plan entry."""
        variable = self.variables[code]
        if "at_least" in variable or "in" in variable:
            return "binary"
        if "levels" not in variable:
            return "continuous"
        return "binary" if len(variable["levels"]) == 2 else "categorical"

    def levels(self, code: str) -> tuple[str, ...]:
        """The levels of a variable that is not continuous, in the plan's order."""
        variable = self.variables[code]
        return tuple(level["code"] for level in variable["levels"]) if "levels" in variable else ("yes", "no")

    def numbers(self, code: str) -> Floats:
        """A variable as numbers, NaN where it is missing; a derived yes is 1, a no is 0."""
        variable = self.variables[code]
        column = self._column(variable.get("from", code))
        if "at_least" in variable:
            values = as_numbers(column, code)
            return np.where(np.isnan(values), np.nan, values >= variable["at_least"])
        if "in" in variable:
            unknown = column.isna().to_numpy() | column.isin(variable.get("unknown", [])).to_numpy()
            return np.where(unknown, np.nan, column.isin(variable["in"]).to_numpy())
        return as_numbers(column, code)

    def finite(self, code: str) -> Floats:
        """A variable as numbers, NaN where it is missing; refused where one is infinite."""
        return measured(self.numbers(code), code)

    def read(self, code: str) -> tuple[Floats, NotEstimable | None]:
        """A variable as finite numbers, or missing throughout with why it cannot be computed with."""
        found = attempt(self.finite, code)
        return (np.full(self.n, np.nan), found) if isinstance(found, NotEstimable) else (found, None)

    def read_labels(self, code: str) -> tuple[NDArray[np.object_], NotEstimable | None]:
        """A variable's levels, or missing throughout with why its values cannot be told."""
        found = attempt(self.labels, code)
        return (np.full(self.n, None), found) if isinstance(found, NotEstimable) else (found, None)

    def labels(self, code: str) -> NDArray[np.object_]:
        """A variable's level in each patient, None where it is missing or not one of the plan's."""
        labels = np.full(self.n, None, dtype=object)
        if "cuts" in self.variables[code]:
            values = self.numbers(code)
            above = np.searchsorted(self.variables[code]["cuts"], values, side="right")
            known = ~np.isnan(values)
            labels[known] = np.array(self.levels(code), dtype=object)[above[known]]
        elif "levels" in self.variables[code]:
            column = self._column(code)
            for level in self.levels(code):
                labels[(column == level).fillna(False).to_numpy(dtype=bool)] = level
        else:
            values = self.numbers(code)
            labels[values == 1] = "yes"
            labels[values == 0] = "no"
        return labels

    def measurements(self, code: str) -> Measurements:
        """All measurements of a variable in draws, by patient and time."""
        name = self.variables[code].get("from", code)
        if self.draws is None or name not in self.draws:
            return Measurements(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))
        patient, months = self.draws["patient"].to_numpy(dtype=np.int64), self.draws["months"].to_numpy()
        every = Measurements(patient, months, as_numbers(self.draws.loc[:, name], name))
        return every.where(~np.isnan(every.value))

    def follow_up(self, code: str) -> tuple[Floats, Floats]:
        """Time to an outcome, and 1 for the event, 2 for a competing one, 0 for neither; NaN if unknown."""
        variable = self.variables[code]
        time, ended = as_numbers(self._column(variable["time"]), code), self._column(variable["from"])
        parts = [
            ended.isin(variable[part]).to_numpy(dtype=bool) for part in ("censored", "event", "competing")
        ]
        status = np.select(parts, [0.0, 1.0, 2.0], np.nan)
        return time, np.where(np.isnan(time), np.nan, status)

    def design(
        self,
        covariates: list[str],
        rows: NDArray[np.bool_],
        *,
        interactions: Sequence[tuple[str, ...]] = (),
    ) -> Design:
        """The covariates of some patients as a design matrix; a category by its levels against the first."""
        factors = {code: self.levels(code) for code in covariates if self.has_labels(code)}
        return design_matrix(
            {
                code: (self.labels(code) if code in factors else self.numbers(code))[rows]
                for code in covariates
            },
            factors=factors,
            interactions=interactions,
        )

    def measured(self, variable: str, term: str, per: float) -> dict[str, Any]:
        """What the ratio of a term is for: a step of a measurement, or a level against the reference."""
        is_level = variable != INTERCEPT and self.has_labels(variable)
        is_measurement = variable != INTERCEPT and self.scale(variable) == "continuous"
        return {
            "level": term.removeprefix(variable) if is_level else None,
            "reference": self.levels(variable)[0] if is_level else None,
            "per": per if is_measurement else None,
        }

    def has_labels(self, code: str) -> bool:
        """Whether a variable's values are names of its levels, and no numbers."""
        return "levels" in self.variables[code]

    def require(self, codes: Iterable[str]) -> None:
        """Refuse a variable that cannot be computed with."""
        for code in codes:
            if self.has_labels(code):
                self.labels(code)
            else:
                self.numbers(code)

    def is_missing(self, code: str) -> NDArray[np.bool_]:
        """Where a variable has no value; what cannot be computed with is a value all the same."""
        variable = self.variables[code]
        if "in" in variable or ("levels" in variable and "cuts" not in variable):
            return pd.isna(self.labels(code))
        return self._column(variable.get("from", code)).isna().to_numpy(dtype=bool)

    def complete(self, codes: list[str]) -> NDArray[np.bool_]:
        """Where every one of these variables has a value."""
        present = np.ones(self.n, dtype=bool)
        for code in codes:
            present &= ~self.is_missing(code)
        return present

    def design_groups(self) -> dict[str, int]:
        """Patients by the groups of the study's design, empty where the plan declares none."""
        for code, variable in self.variables.items():
            if variable.get("is_design"):
                labels = self.labels(code)
                counts = {level: int((labels == level).sum()) for level in self.levels(code)}
                return {level: count for level, count in counts.items() if count}
        return {}

    def n_sites(self) -> int:
        """Sites that the patients come from; 0 where the table does not tell."""
        return int(self.frame["site"].nunique()) if "site" in self.frame else 0

    def n_repeated(self) -> int:
        """Rows beyond the first of a patient; there are none in a cohort's table."""
        return int(self.frame["study_id"].duplicated().sum()) if "study_id" in self.frame else 0

    def duplicates(self, codes: list[str]) -> int:
        """Patients whose measurements are all there and all equal another's; few variables do not tell."""
        if len(codes) < TELLING:
            return 0
        values = pd.DataFrame({code: self.numbers(code) for code in codes}).dropna()
        return int(values.duplicated().sum())

    def _column(self, name: str) -> "pd.Series[Any]":
        """A column of the table; one that was never recorded is missing throughout."""
        if name not in self.frame:
            return pd.Series(np.nan, index=self.frame.index)
        column: pd.Series[Any] = self.frame.loc[:, name]
        return column


def _of_patients(serial: pd.DataFrame | None, belongs: NDArray[np.bool_]) -> pd.DataFrame | None:
    """The rows of some patients, who are numbered anew."""
    if serial is None:
        return None
    place = np.where(belongs, belongs.cumsum() - 1, -1)[serial["patient"].to_numpy(dtype=np.int64)]
    return serial[place >= 0].assign(patient=place[place >= 0])


def _with_finite_months(serial: pd.DataFrame) -> pd.DataFrame:
    """Serial rows with their months as numbers, which every use of them needs."""
    return serial.assign(months=measured(as_numbers(serial["months"], "months"), "months"))


def as_numbers(column: "pd.Series[Any]", code: str) -> Floats:
    """A column as numbers, NaN where one is missing; refused if text, or of no size to compute with."""
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise NotEstimable("not_numeric", variable=code) from error
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    if ((sizes < SMALLEST) | (sizes > LARGEST)).any():
        raise NotEstimable("overflow", variable=code)
    return values
