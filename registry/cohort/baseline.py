"""Chooses, for each patient and analyte, the one value that counts as baseline."""

import numpy as np
import pandas as pd

from registry.cohort.draws import values_by_draw


def baseline_values(results: pd.DataFrame, patient_ids: pd.Series) -> pd.DataFrame:
    """One row per patient, a column per analyte measured or derived in the window; analytes by code.

    `results` are the window's lab results with their draw's position, nearest draw first. Where any value
    of an analyte is beyond a limit of detection, `<code>_limit` holds its comparator beside it.
    """
    row = pd.Index(patient_ids).get_indexer(results["patient_id"])
    results, row = results[row >= 0], row[row >= 0]
    position = results["position"].to_numpy()
    n_draws = int(position.max()) + 1 if len(position) else 0
    row_of_draw = np.full(n_draws, -1)
    row_of_draw[position] = row

    by_draw, limits = values_by_draw(results, n_draws)
    columns: dict[str, np.ndarray] = {}
    for code in sorted(by_draw):
        draw = np.flatnonzero(~np.isnan(by_draw[code]))
        owner, nearest = np.unique(row_of_draw[draw], return_index=True)
        columns[code] = np.full(len(patient_ids), np.nan)
        columns[code][owner] = by_draw[code][draw[nearest]]
        if code in limits:
            columns[f"{code}_limit"] = np.full(len(patient_ids), "", dtype=object)
            columns[f"{code}_limit"][owner] = limits[code][draw[nearest]]
    return pd.DataFrame(columns, index=range(len(patient_ids)))
