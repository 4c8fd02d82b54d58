"""How long each patient was followed, and what had happened by then."""

import numpy as np
import pandas as pd

from registry.dictionary.calendar import DAYS_IN_MONTH
from registry.models import Cohort

WITHDREW = "withdrew_consent"


def follow_up(
    patients: pd.DataFrame,
    events: pd.DataFrame,
    sightings: pd.DataFrame,
    event_codes: list[str],
    cohort: Cohort,
) -> pd.DataFrame:
    """Terminal status, months of follow-up and number of events from the index date to its end, per patient.

    Follow-up ends with the terminal event, else when the patient was last seen or consent ended; never
    after the data lock or the cohort's longest follow-up, beyond which nothing is known here. Who was not
    seen after the index date has no follow-up and no status: nothing says that they live.
    """
    in_month = 1.0 if cohort.is_relative else DAYS_IN_MONTH
    ids = pd.Index(patients["id"])
    n = len(ids)
    limit = np.full(n, np.inf)
    if cohort.follow_up_months is not None:
        limit = np.full(n, float(cohort.follow_up_months) * in_month)
    if cohort.data_lock_on is not None and not cohort.is_relative:
        limit = np.fmin(limit, _days(pd.Timestamp(cohort.data_lock_on) - patients["index_on"]))

    end = sightings.set_index("patient_id")["time"].reindex(ids).to_numpy(dtype=float, copy=True)
    status = np.full(n, "", dtype=object)
    if not cohort.is_relative:
        end = np.fmax(end, _days(patients["enrolled_on"] - patients["index_on"]))
        consent_end = _days(patients["ended_on"] - patients["index_on"])
        end = np.where(np.isnan(consent_end), end, consent_end)
        status[~np.isnan(consent_end)] = WITHDREW

    event_row = ids.get_indexer(events["patient_id"])
    event_code = events["code"].astype("str").to_numpy(dtype=object)
    event_time = events["time"].to_numpy(dtype=float)
    is_terminal = events["is_terminal"].to_numpy(dtype=bool)
    end[event_row[is_terminal]] = event_time[is_terminal]
    status[event_row[is_terminal]] = event_code[is_terminal]

    status[end > limit] = ""
    ended_before_index = (end < 0) & (status != "")
    is_never_followed = ~(end > 0) & (status == "")
    end = np.clip(np.nan_to_num(np.minimum(end, limit)), 0, None)

    counted = (event_time >= 0) & (event_time <= end[event_row])
    columns = {
        "terminal_status": pd.Series(status, dtype="str").mask(is_never_followed),
        "follow_up_months": end / in_month,
        "ended_before_index": ended_before_index,
    }
    for code in event_codes:
        columns[f"n_{code}"] = np.bincount(event_row[counted & (event_code == code)], minlength=n)
    return pd.DataFrame(columns)


def _days(span: pd.Series) -> np.ndarray:
    return np.asarray(span.dt.days, dtype=float)
