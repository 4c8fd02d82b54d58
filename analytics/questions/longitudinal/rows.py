"""How measurements enter a model of events: at baseline, at a landmark, averaged, or as they come."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.columns import Columns, Floats, Measurements
from analytics.statistics.longitudinal.predictors import (
    PatientValues,
    landmark_values,
    time_averages,
    time_updated_spells,
)

EVENT, COMPETING = 1.0, 2.0


@dataclass(frozen=True, eq=False)
class Followed:
    """The follow-up of the population, and what of it is known of each patient."""

    time: Floats
    status: Floats
    is_complete: NDArray[np.bool_]
    measured: Measurements

    @property
    def occurred(self) -> NDArray[np.bool_]:
        """Who had the event."""
        return self.status == EVENT

    @property
    def has_competing(self) -> bool:
        """Whether a competing event ended anybody's follow-up."""
        return bool((self.status == COMPETING).any())


@dataclass(frozen=True, eq=False)
class Rows:
    """What a Cox model is fitted to: a row a patient, or a row a spell.

    Attributes
    ----------
    patient : ndarray of shape (n_rows,), int
    entry, time, value : ndarray of shape (n_rows,)
    event : ndarray of shape (n_rows,), bool
    starts : float
        The month from which the hazard is counted.
    n_wanted : int
        Patients followed beyond that month.
    is_late : ndarray of shape (n_patients,), bool
        Whose value comes from after that month, of the whole population.
    """

    patient: NDArray[np.int64]
    entry: Floats
    time: Floats
    event: NDArray[np.bool_]
    value: Floats
    starts: float
    n_wanted: int
    is_late: NDArray[np.bool_]


def followed(definition: Definition, columns: Columns) -> Followed:
    """The outcome of a question, with the measurements of its lab."""
    time, status = columns.follow_up(definition["outcome"])
    covariates = definition.get("covariates", [])
    return Followed(
        time=np.nan_to_num(time),
        status=status,
        is_complete=columns.complete(covariates) & ~np.isnan(status),
        measured=columns.measurements(definition["lab"]),
    )


def rows_of(name: str, definition: Definition, columns: Columns, patients: Followed) -> Rows:
    """The rows of one way to use the measurements."""
    if name == "baseline":
        return _at_baseline(columns.numbers(definition["lab"]), patients)
    if name == "time_updated":
        return _time_updated(patients)
    return _from_landmark(name, definition, patients)


def _at_baseline(values: Floats, patients: Followed) -> Rows:
    """The one value that counts as baseline, from time zero on."""
    used = np.flatnonzero(patients.is_complete & ~np.isnan(values))
    measured = patients.measured
    is_late = np.zeros(patients.time.size, dtype=bool)
    is_late[measured.patient] = True
    is_late[measured.patient[measured.months <= 0]] = False
    return _whole(used, values[used], patients, 0.0, patients.time.size, is_late)


def _from_landmark(name: str, definition: Definition, patients: Followed) -> Rows:
    """A value as known at the landmark, from then on; without one an average of the whole follow-up."""
    measured = patients.measured
    starts = float(definition.get("landmark", 0.0))
    if name == "landmark":
        found = landmark_values(*_three(measured), landmark=starts, window=definition["landmark_window"])
    else:
        end = starts if "landmark" in definition else np.inf
        found = time_averages(*_three(measured), start=-np.inf, end=end)
    patient, value = _by_patient(found)
    followed_on = patients.time > starts
    chosen = (patients.is_complete & followed_on)[patient]
    is_late = np.zeros(patients.time.size, dtype=bool)
    if name == "time_averaged" and "landmark" not in definition:
        is_late[measured.patient[measured.months > starts]] = True
    n_wanted = int(followed_on.sum()) if "landmark" in definition else patients.time.size
    return _whole(patient[chosen], value[chosen], patients, starts, n_wanted, is_late)


def _time_updated(patients: Followed) -> Rows:
    """The latest value at any time: a row from each measurement to the next."""
    chosen = np.flatnonzero(patients.is_complete)
    spells = time_updated_spells(
        *_three(patients.measured),
        followed=chosen,
        end=patients.time[chosen],
        event=patients.occurred[chosen],
    )
    return Rows(
        patient=spells.patient.astype(np.int64),
        entry=spells.entry,
        time=spells.time,
        event=spells.event,
        value=spells.value,
        starts=0.0,
        n_wanted=patients.time.size,
        is_late=np.zeros(patients.time.size, dtype=bool),
    )


def _whole(
    patient: NDArray[np.int64],
    value: Floats,
    patients: Followed,
    starts: float,
    n_wanted: int,
    is_late: NDArray[np.bool_],
) -> Rows:
    """One row a patient, followed from the start on."""
    ends = patients.time[patient]
    # Who was followed for no time at all is at risk at no event.
    at_risk = ends > starts
    patient = patient[at_risk]
    return Rows(
        patient=patient,
        entry=np.full(patient.size, starts),
        time=ends[at_risk],
        event=patients.occurred[patient],
        value=value[at_risk],
        starts=starts,
        n_wanted=n_wanted,
        is_late=is_late,
    )


def _three(measured: Measurements) -> tuple[NDArray[np.int64], Floats, Floats]:
    return measured.patient, measured.months, measured.value


def _by_patient(found: PatientValues) -> tuple[NDArray[np.int64], Floats]:
    return np.array(found.patient, dtype=np.int64), found.value
