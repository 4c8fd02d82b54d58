"""A model as the plan asks for it, and the patients who have all that it needs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import EVENTS_NEEDED, Definition, PlanError, Variables
from analytics.questions.columns import Columns
from analytics.questions.logistic.model import CLUSTERS_NEEDED
from analytics.questions.survival.followed import Followed
from analytics.statistics import NotEstimable
from analytics.statistics.design import Design

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

    def clusters(self) -> tuple[Labels | None, dict[str, Any] | None]:
        """Each patient's cluster where errors between them can be had, and what the payload says of it."""
        if "clusters" not in self.wanted:
            return None, None
        by = self.wanted["clusters"]
        told = {"by": by, "n_clusters": 0, "reason": None}
        if by not in self.columns.frame:
            return None, {**told, "reason": {"code": "missing"}}
        labels = self.columns.frame[by].to_numpy()[self.complete].astype(str)
        told["n_clusters"] = int(np.unique(labels).size)
        if told["n_clusters"] < CLUSTERS_NEEDED:
            return None, {**told, "reason": {"code": "too_few_clusters", "needed": CLUSTERS_NEEDED}}
        return labels, told
