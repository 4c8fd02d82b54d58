"""A model as the plan asks for it, and the patients who have all that it needs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.plan import Definition, Variables
from analytics.questions.clusters import Clusters, Labels, clusters_of
from analytics.questions.columns import Columns
from analytics.questions.events import require_number_of_events
from analytics.questions.survival.followed import Followed
from analytics.statistics.design import Design


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

    @cached_property
    def design(self) -> Design:
        """The covariates; refused where fewer have the outcome than a model takes."""
        require_number_of_events(self.patients.n_events, self.patients.n)
        return self.columns.design(self.wanted["covariates"], self.complete)

    @cached_property
    def strata(self) -> NDArray[np.int64] | None:
        """Who shares a baseline hazard: the levels of all the plan's strata together."""
        names = self.wanted.get("strata", [])
        if not names:
            return None
        levels = {name: self.columns.levels(name) for name in names}
        places = [
            pd.Categorical(self.columns.labels(name)[self.complete], categories=levels[name]).codes
            for name in names
        ]
        return np.ravel_multi_index(places, [len(levels[name]) for name in names])

    def clusters(self) -> tuple[Labels | None, Clusters | None]:
        """Each patient's cluster where errors between them can be had, and what the payload says of it."""
        return clusters_of(self.wanted, self.columns, self.complete)
