"""Screens over whole columns: which rows the actions' own rules must look at. None lets a broken row pass."""

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd
from django.db import models

from registry.actions.patients import DIALYSIS_FIELDS, STUDY_ID
from registry.actions.refusals import Refusals
from registry.actions.writing import check_fields
from registry.models.calcification import SEGMENTS

TOP_TOTAL = 24


def empty(column: pd.Series) -> pd.Series:
    """Where nothing is said."""
    return column.isna() | (column.astype("str") == "")


def unusual_fields(model: type[models.Model], frame: pd.DataFrame, names: Iterable[str]) -> pd.Series:
    """Where a field holds what the model's own check refuses; each value is checked once."""
    suspects = pd.Series(False, index=frame.index)
    for name in names:
        column = frame[name].astype("object").where(frame[name].notna(), None)
        refused = [value for value in column.unique() if _is_refused(model, name, value)]
        suspects |= column.isin([value for value in refused if value is not None])
        if None in refused:
            suspects |= column.isna()
    return suspects


def _is_refused(model: type[models.Model], name: str, value: object) -> bool:
    refusals = Refusals()
    check_fields(model(**{name: value}), refusals)
    return name in refusals.by_field


def unusual_enrolment(patients: pd.DataFrame, *, is_relative: bool, today: pd.Series) -> pd.Series:
    """Where the order of birth, dialysis, consent and enrolment is not plain."""
    started, enrolled = patients["dialysis_started_on"], patients["enrolled_on"]
    born = born_on(patients)
    suspects = (
        (started > enrolled) | (started < born) | (enrolled < born) | (patients["signed_on"] > enrolled)
    )
    suspects |= (started > today) | (enrolled > today) | (patients["signed_on"] > today)
    return suspects | (enrolled.notna() | started.notna() if is_relative else enrolled.isna())


def unusual_design(patients: pd.DataFrame, on_dialysis: pd.Series, required: Iterable[str]) -> pd.Series:
    """Where a study number is odd, a needed field empty, or dialysis described in a group without it."""
    described = pd.concat([~empty(patients[name]) for name in DIALYSIS_FIELDS], axis=1).any(axis=1)
    suspects = ~patients["study_id"].str.fullmatch(STUDY_ID.pattern) | (described & ~on_dialysis)
    for name in required:
        suspects |= empty(patients[name])
    return suspects


def unusual_grades(readings: pd.DataFrame) -> pd.Series:
    """Where the segments are not all graded, one at most marked unreadable, and no total stands alone."""
    grades = readings[list(SEGMENTS)]
    n_missing = grades.isna().sum(axis=1)
    marked = readings["unreadable"]
    is_marked = pd.concat([grades[segment].isna() & (marked == segment) for segment in SEGMENTS], axis=1)
    is_plain = (n_missing == 0) & (marked == "")
    is_plain |= (n_missing == 1) & is_marked.any(axis=1)
    is_plain |= (n_missing == len(SEGMENTS)) & (marked == "") & readings["total_reported"].notna()
    return ~is_plain | (readings["total_reported"] > TOP_TOTAL).fillna(False)


def unusual_moment(
    rows: pd.DataFrame,
    people: pd.DataFrame,
    *,
    is_relative: bool,
    needs_consent: bool,
    after_enrolment: bool,
    today: Mapping[str, date],
) -> pd.Series:
    """Where a moment is missing, or not plainly between consent, or enrolment, and the end of follow-up.

    Parameters
    ----------
    people : DataFrame
        One for each of `rows`: site, enrolled_on, born_on, signed_on, withdrawn_on, ended_on, ended_months.
    """
    if is_relative:
        months, end = pd.to_numeric(rows["occurred_months"]), pd.to_numeric(people["ended_months"])
        return months.isna() | rows["occurred_on"].notna() | (months > end)
    day = rows["occurred_on"]
    first, last = day, day
    if "precision" in rows:
        first, last = _first_day(day, rows["precision"]), _last_day(day, rows["precision"])
    suspects = day.isna() | ~empty(rows["occurred_months"])
    suspects |= first > pd.to_datetime(people["site"].map(today)).astype(day.dtype)
    suspects |= (last < people["born_on"]) | (first > people["ended_on"])
    if after_enrolment:
        suspects |= last < people["enrolled_on"]
    if needs_consent:
        suspects |= people["signed_on"].isna() | (last < people["signed_on"]) | (day > people["withdrawn_on"])
    return suspects


def born_on(patients: pd.DataFrame) -> pd.Series:
    """The first day of the month, or of the year, of birth."""
    months = (patients["birth_year"] - 1970) * 12 + patients["birth_month"].fillna(1) - 1
    first_days = months.fillna(0).to_numpy("int64").astype("datetime64[M]").astype("datetime64[s]")
    return pd.Series(first_days, index=patients.index).mask(months.isna())


def _first_day(day: pd.Series, precision: pd.Series) -> pd.Series:
    month, year = day.dt.to_period("M"), day.dt.to_period("Y")
    first = day.mask(precision == "month", month.dt.start_time)
    return first.mask(precision == "year", year.dt.start_time)


def _last_day(day: pd.Series, precision: pd.Series) -> pd.Series:
    month, year = day.dt.to_period("M"), day.dt.to_period("Y")
    last = day.mask(precision == "month", month.dt.end_time.dt.floor("D"))
    return last.mask(precision == "year", year.dt.end_time.dt.floor("D"))
