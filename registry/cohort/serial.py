"""What was measured again and again: one row per draw, one row per reading, each with its patient's row."""

import numpy as np
import pandas as pd

from registry.cohort.draws import values_by_draw
from registry.models.calcification import SEGMENTS


def serial_draws(
    drawn: pd.DataFrame, results: pd.DataFrame, patients: pd.DataFrame, in_month: float
) -> pd.DataFrame:
    """One row per draw that measured anything, by patient and time; a column per analyte, by code.

    `drawn` are the draws by position, `patients` the analysed ones with their months of follow-up, `in_month`
    the length of a month in the unit of the draws' times. `patient` is the patient's row in the cohort's
    table, `months` run from the index date.
    """
    placed = _placed(drawn, patients, in_month)
    by_draw, limits = values_by_draw(results, len(drawn))
    columns = {code: by_draw[code] for code in sorted(by_draw)}
    is_told = np.zeros(len(drawn), dtype=bool)
    for values in columns.values():
        is_told |= ~np.isnan(values)
    columns |= {f"{code}_limit": limits[code] for code in sorted(limits)}
    frame = pd.concat([placed, pd.DataFrame(columns, index=placed.index)], axis="columns")
    return _ordered(frame[is_told & _is_followed(placed, patients)])


def serial_readings(readings: pd.DataFrame, patients: pd.DataFrame, in_month: float) -> pd.DataFrame:
    """One row per calcification reading, by patient and time: who read it from which image, and how."""
    placed = _placed(readings, patients, in_month)
    frame = placed.assign(
        reader=readings["reader"].astype("str"),
        modality=readings["modality"].astype("str"),
        **{name: readings[name] for name in ("aac24", *SEGMENTS)},
    )
    return _ordered(frame[_is_followed(placed, patients)])


def _placed(timed: pd.DataFrame, patients: pd.DataFrame, in_month: float) -> pd.DataFrame:
    row = pd.Index(patients["id"]).get_indexer(timed["patient_id"])
    return pd.DataFrame({"patient": row.astype(np.int64), "months": timed["time"].to_numpy() / in_month})


def _is_followed(placed: pd.DataFrame, patients: pd.DataFrame) -> np.ndarray:
    """Whose patient is analysed, and was then still followed."""
    row = placed["patient"].to_numpy()
    end = np.append(patients["follow_up_months"].to_numpy(dtype=float), -np.inf)[row]
    return (row >= 0) & ((placed["months"].to_numpy() <= end) | (placed["months"].to_numpy() <= 0))


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    # Within a patient the database has put them in the order of time.
    return frame.sort_values("patient", kind="stable", ignore_index=True)
