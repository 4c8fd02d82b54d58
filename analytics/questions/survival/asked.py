"""A model as the plan asks for it, and the patients who have all that it needs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition, PlanError, Variables
from analytics.questions.columns import Columns
from analytics.questions.events import EVENTS_NEEDED
from analytics.questions.survival.followed import Followed
from analytics.statistics import NotEstimable
from analytics.statistics.design import Design

SITE = "site"

Labels = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Asked:
    """One model of the plan on its complete cases."""

    wanted: Definition
    columns: Columns
    variables: Variables
    complete: NDArray[np.bool_]
    patients: Followed

    @classmethod
    def of(cls, wanted: Definition, columns: Columns, variables: Variables) -> "Asked":
        """With the patients who have every covariate and stratum, and follow-up."""
        time, status = columns.follow_up(wanted["outcome"])
        complete = columns.complete([*wanted["covariates"], *wanted.get("strata", [])]) & ~np.isnan(status)
        return cls(wanted, columns, variables, complete, Followed(time[complete], status[complete]))

    @property
    def n_missing(self) -> int:
        """Patients left out for a missing value."""
        return int((~self.complete).sum())

    def design(self) -> Design:
        """The covariates; refused where fewer have the outcome than a model takes."""
        patients = self.patients
        if patients.n_events < EVENTS_NEEDED:
            others = patients.n - patients.n_events
            raise NotEstimable(
                "too_few_events", n_events=patients.n_events, n_others=others, needed=EVENTS_NEEDED
            )
        return self.columns.design(self.wanted["covariates"], self.complete)

    @property
    def strata(self) -> Labels | None:
        """Who shares a baseline hazard: the levels of all the plan's strata together."""
        names = self.wanted.get("strata", [])
        if not names:
            return None
        for name in names:
            if self.columns.scale(name) == "continuous":
                raise PlanError(f"model {self.wanted['name']} takes the measurement {name} for strata")
        levels = [self.columns.labels(name)[self.complete] for name in names]
        return np.array(["/".join(together) for together in zip(*levels, strict=True)], dtype=object)

    @property
    def sites(self) -> Labels | None:
        """Each patient's site, where the plan lets patients of one site depend on each other."""
        clusters = self.wanted.get("clusters")
        if clusters is None:
            return None
        if clusters != SITE or SITE not in self.columns.frame:
            raise PlanError(
                f"model {self.wanted['name']} takes {clusters} for clusters; only sites are known"
            )
        return self.columns.frame[SITE].to_numpy(dtype=object)[self.complete]
