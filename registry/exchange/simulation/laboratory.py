"""Simulated blood draws: serial true values, reported as a site's laboratory would, with its faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from registry.dictionary.calendar import DAYS_IN_MONTH, DAYS_IN_YEAR

# Value in the analyte's unit per value in the other one, by analyte and other unit.
Factors = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Draws:
    """Draws and results of a block of people; `person` and `draw` count from 0 within it."""

    draws: pd.DataFrame
    results: pd.DataFrame


def draw_laboratory(
    rng: np.random.Generator,
    params: Mapping[str, Any],
    factors: Factors,
    people: pd.DataFrame,
    followed: pd.DataFrame,
    visits: int,
) -> Draws:
    """Draw the visits of each person and what the laboratory of the site reports.

    Parameters
    ----------
    people : DataFrame
        True values by analyte, in the dictionary's units.
    followed : DataFrame
        site (default units by analyte), enrolled_on, ended_on of each person, on_dialysis.
    visits : int
        Planned draws, one an interval, the first on the day of enrolment; none after follow-up ended.
    """
    serial, laboratory = params["serial"], params["laboratory"]
    analytes = [name for name in laboratory["decimals"] if name in people]
    drift = {name: np.zeros(len(people)) for name in serial["within_person_cv_percent"]}
    enrolled_on = followed["enrolled_on"].to_numpy().astype("datetime64[D]")
    ended_on = followed["ended_on"].to_numpy().astype("datetime64[D]")
    draws, results = [], []
    for visit in range(visits):
        month = visit * serial["interval_months"]
        day = enrolled_on + round(month * DAYS_IN_MONTH)
        if visit:
            day = day + rng.integers(0, 7, len(people))
            _move(rng, serial, drift)
        present = np.flatnonzero(day < ended_on) if visit else np.arange(len(people))
        visit_draws = _visit(rng, laboratory, followed, present, day[present])
        for name in analytes:
            if month and month % serial["schedule_months"].get(name, month + 1):
                continue
            true = people[name].to_numpy()[present] * np.exp(drift.get(name, np.zeros(len(people)))[present])
            if name == "vit_d25":
                true = true * _season(serial["vit_d25_season"], day[present])
            share = laboratory["post_dialysis_share"].get(name, 1.0)
            true = np.where(visit_draws["is_post"], true * share, true)
            results.append(_report(rng, laboratory, factors.get(name, {}), name, true, visit_draws, followed))
        draws.append(visit_draws)
    return _with_duplicates(rng, laboratory, pd.concat(draws), pd.concat(results))


def _move(rng: np.random.Generator, serial: Mapping[str, Any], drift: dict[str, np.ndarray]) -> None:
    """One step of each person's autocorrelated departure from the first value, on the log scale."""
    phi = serial["autocorrelation"]
    for name, cv_percent in serial["within_person_cv_percent"].items():
        sd = np.sqrt(np.log1p((cv_percent / 100) ** 2))
        drift[name] = phi * drift[name] + np.sqrt(1 - phi**2) * rng.normal(0, sd, drift[name].size)


def _season(season: Mapping[str, float], day: np.ndarray) -> np.ndarray:
    day_of_year = (day - day.astype("datetime64[Y]")).astype(int)
    return 1 + season["amplitude"] * np.cos(
        2 * np.pi * (day_of_year - season["peak_day_of_year"]) / DAYS_IN_YEAR
    )


def _visit(
    rng: np.random.Generator,
    laboratory: Mapping[str, Any],
    followed: pd.DataFrame,
    present: np.ndarray,
    day: np.ndarray,
) -> pd.DataFrame:
    on_dialysis = followed["on_dialysis"].to_numpy()[present]
    gap = np.where(rng.random(present.size) < 1 / 3, "long", "short")
    return pd.DataFrame(
        {
            "person": present,
            "occurred_on": day,
            "dialysis": np.where(on_dialysis, "pre", "none"),
            "interdialytic_gap": np.where(on_dialysis, gap, "unknown"),
            "is_post": on_dialysis & (rng.random(present.size) < laboratory["fault_rates"]["post_dialysis"]),
        }
    )


def _report(
    rng: np.random.Generator,
    laboratory: Mapping[str, Any],
    factors: Mapping[str, float],
    name: str,
    true: np.ndarray,
    visit: pd.DataFrame,
    followed: pd.DataFrame,
) -> pd.DataFrame:
    """Values as text in the site's unit: some missing, some below detection, a few mistyped."""
    rates, decimals = laboratory["fault_rates"], laboratory["decimals"][name]
    own_unit = next(iter(decimals))
    sites = followed["site"].to_numpy()[visit["person"]]
    text = np.empty(true.size, dtype="U16")
    unit = np.empty(true.size, dtype="U16")
    is_wrong = rng.random(true.size) < (rates["wrong_unit"] if factors else 0.0)
    shift = np.where(rng.random(true.size) < rates["decimal_shift"], rng.choice([0.1, 10.0], true.size), 1.0)
    for site in pd.unique(sites):
        said = laboratory["units"][site].get(name, own_unit)
        other = own_unit if said != own_unit else next(iter(factors), own_unit)
        for typed, mask in ((said, (sites == site) & ~is_wrong), (other, (sites == site) & is_wrong)):
            values = true[mask] / factors.get(typed, 1.0) * shift[mask]
            text[mask] = np.char.mod(f"%.{decimals.get(typed, 2)}f", values)
        unit[sites == site] = said
    if (limit := laboratory["below_detection"].get(name)) is not None:
        text[true < limit] = f"<{limit}"
    kept = rng.random(true.size) >= laboratory["missing"].get(name, 0.0)
    if name in laboratory["dialysis_only"]:
        kept &= visit["dialysis"].to_numpy() == "pre"
    return pd.DataFrame(
        {
            "person": visit["person"].to_numpy()[kept],
            "occurred_on": visit["occurred_on"].to_numpy()[kept],
            "analyte": name,
            "text": text[kept],
            "unit": unit[kept],
        }
    )


def _with_duplicates(
    rng: np.random.Generator, laboratory: Mapping[str, Any], draws: pd.DataFrame, results: pd.DataFrame
) -> Draws:
    """Number the draws, enter a few of them twice, and hand the first of each its results."""
    draws = draws.drop(columns="is_post").reset_index(drop=True)
    draws["draw"] = np.arange(len(draws))
    results = results.merge(
        draws[["person", "occurred_on", "draw"]], on=["person", "occurred_on"], how="left"
    )
    again = draws[rng.random(len(draws)) < laboratory["fault_rates"]["duplicate_draw"]].copy()
    copies = results[results["draw"].isin(again["draw"])].copy()
    renumbered = dict(zip(again["draw"], len(draws) + np.arange(len(again)), strict=True))
    again["draw"] = again["draw"].map(renumbered)
    copies["draw"] = copies["draw"].map(renumbered)
    columns = ["draw", "analyte", "text", "unit"]
    return Draws(
        draws=pd.concat([draws, again], ignore_index=True),
        results=pd.concat([results[columns], copies[columns]], ignore_index=True),
    )
