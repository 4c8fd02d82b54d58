"""How simulated patients are followed: competing hazards to one terminal status, and events on the way."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from registry.dictionary.calendar import DAYS_IN_YEAR


def draw_enrolment(rng: np.random.Generator, follow_up: Mapping[str, Any], n: int) -> np.ndarray:
    """Days of enrolment, uniform over the enrolment period."""
    first, last = np.array(follow_up["enrolment"], dtype="datetime64[D]")
    return first + rng.integers(0, (last - first).astype(int) + 1, n)


def draw_terminal_status(
    rng: np.random.Generator, follow_up: Mapping[str, Any], people: pd.DataFrame, enrolled_on: np.ndarray
) -> pd.DataFrame:
    """The end of each patient's follow-up: the first of the competing exits, else alive at the data lock."""
    predictors = people.assign(ln_hs_crp=np.log(people["hs_crp"]))
    codes = np.array([*follow_up["hazards"], "admin_end"])
    lock = np.datetime64(follow_up["data_lock"], "D")
    days = np.empty((len(people), len(codes)))
    for column, hazard in enumerate(follow_up["hazards"].values()):
        rate = hazard["per_1000_years"] / 1000 * np.exp(_linear_predictor(hazard["effects"], predictors))
        days[:, column] = np.ceil(rng.exponential(1, len(people)) / rate * DAYS_IN_YEAR)
    days[:, -1] = (np.full(len(people), lock) - enrolled_on).astype(int)
    return pd.DataFrame(
        {
            "outcome_type": codes[days.argmin(axis=1)],
            "occurred_on": enrolled_on + days.min(axis=1).astype("timedelta64[D]"),
        },
        index=people.index,
    )


def draw_events(
    rng: np.random.Generator,
    follow_up: Mapping[str, Any],
    people: pd.DataFrame,
    enrolled_on: np.ndarray,
    ended_on: np.ndarray,
) -> pd.DataFrame:
    """Events within follow-up; cardiovascular ones more often where such a death is likelier."""
    predictors = people.assign(ln_hs_crp=np.log(people["hs_crp"]))
    risk = np.exp(_linear_predictor(follow_up["hazards"]["death_cv"]["effects"], predictors)).to_numpy()
    days = (ended_on - enrolled_on).astype(int)
    events = []
    for code, per_1000_years in follow_up["events_once_per_1000_years"].items():
        after = np.ceil(rng.exponential(DAYS_IN_YEAR * 1000 / per_1000_years, len(people)))
        who = np.flatnonzero(after < days)
        on = enrolled_on[who] + after[who].astype("timedelta64[D]")
        events.append(pd.DataFrame({"person": who, "outcome_type": code, "occurred_on": on}))
    for code, per_1000_years in follow_up["events_per_1000_years"].items():
        counts = rng.poisson(per_1000_years / 1000 * risk * days / DAYS_IN_YEAR)
        who = np.repeat(np.arange(len(people)), counts)
        after = np.floor(rng.random(who.size) * days[who]).astype("timedelta64[D]")
        events.append(
            pd.DataFrame({"person": who, "outcome_type": code, "occurred_on": enrolled_on[who] + after})
        )
    return pd.concat(events, ignore_index=True).drop_duplicates()


def _linear_predictor(effects: Mapping[str, list[float]], predictors: pd.DataFrame) -> pd.Series:
    zero = pd.Series(0.0, index=predictors.index)
    return sum((slope * (predictors[name] - centre) for name, (slope, centre) in effects.items()), start=zero)
