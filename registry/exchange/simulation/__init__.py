"""The simulated cohort: people, their follow-up, draws and readings, the same for the same seed."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from registry.actions.bulk import Rows
from registry.dictionary.calendar import DAYS_IN_MONTH, DAYS_IN_YEAR
from registry.exchange.simulation.calcification import read_again, spread_over_segments
from registry.exchange.simulation.follow_up import draw_enrolment, draw_events, draw_terminal_status
from registry.exchange.simulation.laboratory import Draws, Factors, draw_laboratory
from registry.exchange.simulation.people import draw_people

BLOCK = 10_000


def load_params() -> dict[str, Any]:
    """The facts and assumptions the simulation draws from, with each site's units beside the laboratory's."""
    params: dict[str, Any] = json.loads((Path(__file__).parent / "params.json").read_text(encoding="utf-8"))
    params["laboratory"]["units"] = {
        site["code"]: site["default_units"] for site in params["cohort"]["sites"]
    }
    return params


def simulate_cohort(
    params: Mapping[str, Any],
    factors: Factors,
    study_ids: Mapping[str, Iterator[str]],
    *,
    patients: int,
    controls: int,
    draws: int,
    seed: int,
) -> Iterator[Rows]:
    """Simulate patients, then controls, in blocks that each depend on the seed and their number alone.

    Parameters
    ----------
    factors : mapping
        Value in the analyte's unit per value in the other unit, by analyte and unit.
    study_ids : mapping
        Fresh study numbers by code of site.
    """
    number = 0
    for stream, (group, total) in enumerate((("mhd", patients), ("control", controls))):
        for block, start in enumerate(range(0, total, BLOCK)):
            rng = np.random.default_rng([seed, stream, block])
            n = min(BLOCK, total - start)
            yield _block(rng, params, factors, study_ids, group, n, number, draws if group == "mhd" else 1)
            number += n


def _block(
    rng: np.random.Generator,
    params: Mapping[str, Any],
    factors: Factors,
    study_ids: Mapping[str, Iterator[str]],
    group: str,
    n: int,
    number: int,
    visits: int,
) -> Rows:
    people = draw_people(rng, params["groups"][group], n)
    is_swapped = rng.random(n) < params["laboratory"]["fault_rates"]["swapped_group"]
    said_group = np.where(is_swapped, "control" if group == "mhd" else "mhd", group)
    followed = pd.DataFrame(
        {
            "site": rng.choice([site["code"] for site in params["cohort"]["sites"]], n),
            "enrolled_on": draw_enrolment(rng, params["follow_up"], n),
            "on_dialysis": said_group == "mhd",
        }
    )
    enrolled_on = followed["enrolled_on"].to_numpy().astype("datetime64[D]")
    if group == "mhd":
        ended = draw_terminal_status(rng, params["follow_up"], people, enrolled_on)
        events = draw_events(
            rng,
            params["follow_up"],
            people,
            enrolled_on,
            ended["occurred_on"].to_numpy().astype("datetime64[D]"),
        )
    else:
        ended = pd.DataFrame(
            {"outcome_type": "admin_end", "occurred_on": params["follow_up"]["data_lock"]}, people.index
        )
        events = pd.DataFrame({"person": [], "outcome_type": [], "occurred_on": []}).astype({"person": int})
    followed["ended_on"] = pd.to_datetime(ended["occurred_on"])
    laboratory = draw_laboratory(rng, params, factors, people, followed, visits)
    ids = np.array([next(study_ids[site]) for site in followed["site"]])
    rows = np.arange(number + 1, number + n + 1)
    return Rows(
        patients=_patients(params["groups"][group], people, followed, ids, rows, said_group),
        draws=_of_person(laboratory.draws, ids, rows),
        results=_results(laboratory, rows),
        readings=_readings(rng, params, group, people, followed, ids, rows, visits),
        outcomes=_of_person(
            pd.concat([events, ended.assign(person=ended.index)], ignore_index=True).assign(source="chart"),
            ids,
            rows,
        ),
        contacts=_contacts(ended, ids, rows),
    )


def _of_person(frame: pd.DataFrame, ids: np.ndarray, rows: np.ndarray) -> pd.DataFrame:
    return frame.assign(study_id=ids[frame["person"]], row=rows[frame["person"]])


def _results(laboratory: Draws, rows: np.ndarray) -> pd.DataFrame:
    persons = laboratory.draws.set_index("draw")["person"]
    row = rows[persons.reindex(laboratory.results["draw"]).to_numpy()]
    return laboratory.results.assign(row=row)


def _patients(
    group: Mapping[str, Any],
    people: pd.DataFrame,
    followed: pd.DataFrame,
    ids: np.ndarray,
    rows: np.ndarray,
    said_group: np.ndarray,
) -> pd.DataFrame:
    enrolled_on = followed["enrolled_on"]
    born_on = enrolled_on - pd.to_timedelta((people["age"] * DAYS_IN_YEAR).round(), unit="D")
    patients = pd.DataFrame(
        {
            "row": rows,
            "study_id": ids,
            "site": followed["site"],
            "group": said_group,
            "sex": np.where(people["is_male"], "male", "female"),
            "birth_year": born_on.dt.year,
            "birth_month": born_on.dt.month,
            "enrolled_on": enrolled_on,
            "diabetes": np.where(people["diabetes"], "unspecified", "none"),
            "hypertension": np.where(people["hypertension"], "yes", "no"),
            "smoking": np.where(people["smoking_current"], "current", "never"),
            "prior_cvd": np.where(people["prior_cvd"], "yes", "no"),
        }
    )
    if "vintage_mo" in people:
        # The longest vintages exceed the youngest ages: nobody began before the first birthday.
        months = np.minimum(people["vintage_mo"], 12 * (people["age"] - 1))
        dialysed = pd.to_timedelta((months * DAYS_IN_MONTH).round(), unit="D")
        dialysis = pd.DataFrame(
            {
                "dialysis_started_on": enrolled_on - dialysed,
                "modality": group["modality"],
                "sessions_per_week": people["sessions_per_week"].astype("Int64"),
                "session_minutes": pd.Series(group["session_minutes"], index=people.index, dtype="Int64"),
                "vascular_access": people["vascular_access"],
            }
        )
        patients = patients.join(dialysis[followed["on_dialysis"]])
    return patients


def _readings(
    rng: np.random.Generator,
    params: Mapping[str, Any],
    group: str,
    people: pd.DataFrame,
    followed: pd.DataFrame,
    ids: np.ndarray,
    rows: np.ndarray,
    visits: int,
) -> pd.DataFrame:
    """A reading at enrolment and one each later year the visits reach; in some a wall could not be read.

    A second reader reads some of the films of enrolment, with a generator of their own.
    """
    serial, names = params["serial"], list(params["segments"]["weights"])
    [second] = rng.spawn(1)
    grades = spread_over_segments(
        rng, params["segments"], np.zeros((len(people), len(names)), dtype=int), people["aac24"].to_numpy()
    )
    enrolled_on, ended_on = followed["enrolled_on"].to_numpy(), followed["ended_on"].to_numpy()
    readings = []
    for month in range(0, (visits - 1) * serial["interval_months"] + 1, serial["aac24_months"]):
        day = enrolled_on + np.timedelta64(round(month * DAYS_IN_MONTH), "D")
        if month:
            growth = serial["aac24_points_per_year"][group] * serial["aac24_months"] / 12
            grades = spread_over_segments(rng, params["segments"], grades, rng.poisson(growth, len(people)))
        seen = np.flatnonzero(day < ended_on) if month else np.arange(len(people))
        reading = pd.DataFrame(grades[seen], columns=names).astype("Int64")
        wall = np.where(
            rng.random(seen.size) < params["laboratory"]["missing"]["aac24"], rng.choice(names, seen.size), ""
        )
        film = reading.assign(
            study_id=ids[seen],
            row=rows[seen],
            occurred_on=day[seen],
            modality="radiograph",
            reader="simulated",
            unreadable=wall,
        )
        readings.append(_unread(film, names))
        if not month:
            is_read = second.random(seen.size) < params["second_reading"]["share"]
            again = read_again(second, params["segments"], grades[seen], params["second_reading"])
            film = film.assign(reader="simulated-2")
            film[names] = pd.DataFrame(again, columns=names).astype("Int64")
            readings.append(_unread(film[is_read], names))
    return pd.concat(readings, ignore_index=True)


def _unread(film: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """A reading without the wall that could not be read."""
    return film.assign(**{name: film[name].mask(film["unreadable"] == name) for name in names})


def _contacts(ended: pd.DataFrame, ids: np.ndarray, rows: np.ndarray) -> pd.DataFrame:
    """Those alive at the data lock were heard of on that day."""
    alive = np.flatnonzero(ended["outcome_type"] == "admin_end")
    return pd.DataFrame(
        {
            "row": rows[alive],
            "study_id": ids[alive],
            "occurred_on": ended["occurred_on"].to_numpy()[alive],
            "kind": "visit",
        }
    )
