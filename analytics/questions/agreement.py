"""Whether two readings of the same image agree: the score, its classes, and each part it is added up from."""

from typing import Any

import numpy as np
import pandas as pd

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, Reason, estimate, plain, share, why_not
from analytics.questions.columns import Columns, Floats, as_numbers
from analytics.statistics import NotEstimable
from analytics.statistics.agreement import (
    IntraclassCorrelations,
    LimitsOfAgreement,
    cohen_kappa,
    intraclass_correlations,
    limits_of_agreement,
)
from analytics.statistics.errors import attempt
from analytics.statistics.samples import measured
from registry.dictionary.calendar import DAYS_IN_MONTH

PAIRS_NEEDED = 3
KEYS = ("patient", "months", "reader", "modality")
# Two films of one day may lie a rounding of months apart.
SAME_TIME = 1e-6
VALUES_DRAWN = 49
# A number above it is no grade of a scale.
HIGHEST_GRADE = 99
LIMITS = ("bias", "lower", "upper")


def answer_agreement(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """One pair a patient: the first two readings by different readers, near enough in time."""
    score: str = definition["score"]
    name: str = variables[score].get("from", score)
    within = definition["within_days"] / DAYS_IN_MONTH + SAME_TIME
    first, second = pairs(columns.readings, name, within)
    readers = {*first["reader"], *second["reader"]}
    one, other, refused = _readable(name, first, second)
    total = _total(name, one, other, definition, columns)
    if refused is not None:
        total |= {"reason": refused, "limits": total["limits"] | {"reason": refused}}
    rows = [_kappa(code, variables[code], first, second, columns.n) for code in _graded(definition)]
    # Which two readers a patient had is chance where there are more than two.
    primary = "ICC(2,1)" if len(readers) <= 2 else "ICC(1,1)"
    payload = plain(
        {
            "score": score,
            "within_days": definition["within_days"],
            "tolerance": definition["tolerance"],
            "n": columns.n,
            "n_readers": len(readers),
            "primary": primary,
            "outcomes": [total],
            "rows": rows,
            "patterns": _patterns(as_numbers(one[name], name), as_numbers(other[name], name)),
        }
    )
    reason = _why_none(columns.readings, len(first))
    remarks = [
        guards.not_estimable(payload["outcomes"], "outcome"),
        guards.not_estimable(payload["rows"], "variable"),
    ]
    return Answer(
        status="done" if reason is None else "not_estimable",
        reason=reason,
        payload=payload,
        guards=[remark for remark in remarks if remark is not None and reason is None],
        estimates=[] if reason else _estimates(payload),
        memory=memory,
    )


def pairs(readings: pd.DataFrame | None, score: str, within: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first two readings of each patient by different readers, alike taken, at most so many months apart.

    Of each pair the reader whose name sorts first comes first, so that a bias has one direction.
    """
    if readings is None or score not in readings:
        readings = pd.DataFrame(columns=[*KEYS, score], dtype=np.float64)
    known = readings.dropna(subset=[score, "reader"])
    patient, months, reader, modality = (known[column].to_numpy() for column in KEYS)
    most = int(np.unique(patient, return_counts=True)[1].max()) if len(known) else 0
    found = [np.empty((0, 2), dtype=np.int64)]
    for step in range(1, most):
        one, other = np.arange(len(known) - step), np.arange(step, len(known))
        fits = (patient[one] == patient[other]) & (months[other] - months[one] <= within)
        fits &= (reader[one] != reader[other]) & (modality[one] == modality[other])
        found.append(np.column_stack([one[fits], other[fits]]))
    fitting = np.concatenate(found)
    fitting = fitting[np.lexsort((fitting[:, 1], fitting[:, 0]))]
    chosen = fitting[np.unique(patient[fitting[:, 0]], return_index=True)[1]]
    is_turned = reader[chosen[:, 0]] > reader[chosen[:, 1]]
    chosen[is_turned] = chosen[is_turned][:, ::-1]
    return known.iloc[chosen[:, 0]], known.iloc[chosen[:, 1]]


def _graded(definition: Definition) -> list[str]:
    """Presence, classes and parts, as far as the plan names them."""
    named = [definition[part] for part in ("presence", "classes") if part in definition]
    return [*named, *definition.get("parts", [])]


def _why_none(readings: pd.DataFrame | None, n_pairs: int) -> Reason | None:
    if n_pairs >= PAIRS_NEEDED:
        return None
    if readings is None or readings.empty:
        return {"code": "no_readings"}
    n_readers = int(readings["reader"].nunique())
    if n_readers < 2:
        return {"code": "too_few_readers", "needed": 2}
    return {"code": "too_few_pairs", "n": n_pairs, "needed": PAIRS_NEEDED}


def _readable(
    name: str, first: pd.DataFrame, second: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, Reason | None]:
    """Both readings; none of them, with the reason, where a score cannot be computed with."""
    try:
        for reading in (first, second):
            measured(as_numbers(reading[name], name), name)
    except NotEstimable as refusal:
        return first[:0], second[:0], why_not(refusal)
    return first, second, None


def _total(
    name: str, first: pd.DataFrame, second: pd.DataFrame, definition: Definition, columns: Columns
) -> dict[str, Any]:
    """The score itself: how reliable one reading is, and how far two lie apart."""
    one, other = (as_numbers(reading[name], name) for reading in (first, second))
    forms = attempt(intraclass_correlations, np.column_stack([one, other]))
    apart = np.abs(one - other) > definition["tolerance"]
    differs = np.zeros(len(first), dtype=bool)
    if "presence" in definition:
        presence = columns.variables[definition["presence"]]
        graded = [_grades(presence, reading, definition["presence"]) for reading in (first, second)]
        differs = graded[0] != graded[1]
    return {
        "outcome": definition["score"],
        "n": len(first),
        "n_missing": columns.n - len(first),
        "terms": [] if isinstance(forms, NotEstimable) else _forms(forms),
        "reason": why_not(forms) if isinstance(forms, NotEstimable) else None,
        "limits": _limits(attempt(limits_of_agreement, one, other), len(first)),
        "beyond": share(int(apart.sum()), apart.size),
        "adjudication": {"patterns": _adjudication(apart, differs)},
    }


def _forms(found: IntraclassCorrelations) -> list[dict[str, Any]]:
    return [
        {
            "term": form.form,
            "icc": form.estimate,
            "ci_low": form.ci_low,
            "ci_high": form.ci_high,
            "statistic": form.statistic,
            "df1": form.df1,
            "df2": form.df2,
            "p_value": form.p_value,
        }
        for form in found.forms
    ]


def _limits(found: LimitsOfAgreement | NotEstimable, n: int) -> dict[str, Any]:
    """Bland and Altman's limits; each with its interval."""
    ends = [f"{name}{end}" for name in LIMITS for end in ("", "_low", "_high")]
    if isinstance(found, NotEstimable):
        absent = dict.fromkeys([*ends, "sd"])
        return {"n": n, **absent, "proportional": None, "reason": why_not(found)}
    grows = found.proportional
    return {
        "n": n,
        **{end: getattr(found, end) for end in ends},
        "sd": found.sd,
        "proportional": None
        if isinstance(grows, NotEstimable)
        else {"n": n, "r": grows.r, "p_value": grows.p_value},
        "reason": None,
    }


def _adjudication(apart: np.ndarray, differs: np.ndarray) -> list[dict[str, Any]]:
    """Pairs by why a third reader would have to decide; side by side, for any two would tell the third."""
    return [
        {
            "beyond": is_apart,
            "presence_differs": is_other,
            "n": int(((apart == is_apart) & (differs == is_other)).sum()),
        }
        for is_apart in (False, True)
        for is_other in (False, True)
    ]


def _kappa(
    code: str, variable: dict[str, Any], first: pd.DataFrame, second: pd.DataFrame, n_patients: int
) -> dict[str, Any]:
    """Agreement beyond chance on one grading; `n_events` are the pairs that differ."""
    name = variable.get("from", code)
    first, second, refused = _readable(name, first, second) if name in first else (first, second, None)
    one, other = (_grades(variable, reading, code) for reading in (first, second))
    both = (one >= 0) & (other >= 0)
    one, other = one[both], other[both]
    is_graded = "at_least" not in variable
    k = max(2, int(max(one.max(initial=0), other.max(initial=0))) + 1)
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (one, other), 1)
    found = attempt(cohen_kappa, counts, weights="quadratic" if is_graded else "none")
    head = {
        "variable": code,
        "weights": "quadratic" if is_graded else "none",
        "n": len(one),
        "n_missing": n_patients - len(one),
        "n_events": int((one != other).sum()),
    }
    if isinstance(found, NotEstimable):
        absent = dict.fromkeys(("kappa", "standard_error", "ci_low", "ci_high"))
        return {**head, **absent, "reason": refused or why_not(found)}
    return {
        **head,
        "kappa": found.estimate,
        "standard_error": found.standard_error,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "reason": None,
    }


def _grades(variable: dict[str, Any], readings: pd.DataFrame, code: str) -> np.ndarray:
    """Level of each reading, counted from 0; -1 where it is not known."""
    name = variable.get("from", code)
    values = as_numbers(readings[name], name) if name in readings else np.full(len(readings), np.nan)
    if "at_least" in variable:
        level = values >= variable["at_least"]
    elif "cuts" in variable:
        level = np.searchsorted(variable["cuts"], values, side="right")
    else:
        level = np.where(values <= HIGHEST_GRADE, values, -1)
    return np.where(np.isnan(values), -1, level).astype(np.int64)


def _patterns(first: Floats, second: Floats) -> list[dict[str, Any]]:
    """What both said, and of how many patients; a score of many values is gathered in steps."""
    both = np.column_stack([first, second])
    if len(np.unique(both)) > VALUES_DRAWN:
        step = float(np.ptp(both)) / (VALUES_DRAWN - 1)
        both = both.min() + step * np.rint((both - both.min()) / step)
    said, counts = np.unique(both, axis=0, return_counts=True)
    return [
        {"first": one, "second": other, "n": n}
        for (one, other), n in zip(said.tolist(), counts.tolist(), strict=True)
    ]


def _estimates(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The primary intraclass correlation, the bias, and each kappa."""
    [total], limits = payload["outcomes"], payload["outcomes"][0]["limits"]
    found = [
        estimate(
            f"{payload['score']}.{form['term']}",
            "icc",
            form["icc"],
            ci_low=form["ci_low"],
            ci_high=form["ci_high"],
            n=total["n"],
        )
        for form in total["terms"]
        if form["term"] == payload["primary"]
    ]
    if limits["reason"] is None:
        bias, low, high = (limits[f"bias{end}"] for end in ("", "_low", "_high"))
        found.append(estimate(payload["score"], "bias", bias, ci_low=low, ci_high=high, n=limits["n"]))
    return found + [
        estimate(
            row["variable"],
            "kappa",
            row["kappa"],
            standard_error=row["standard_error"],
            ci_low=row["ci_low"],
            ci_high=row["ci_high"],
            n=row["n"],
            n_events=row["n_events"],
        )
        for row in payload["rows"]
        if row["reason"] is None
    ]
