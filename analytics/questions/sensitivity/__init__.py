"""Whether a model's numbers hold under other treatments of what is missing or beyond a limit of detection."""

from typing import Any

import numpy as np

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.adequacy import blocked
from analytics.questions.answer import Answer, coefficient, plain, share
from analytics.questions.columns import Columns, Floats
from analytics.questions.follow_up import time_ignored
from analytics.questions.sensitivity.convergence import convergence
from analytics.questions.sensitivity.limits import compared_beyond_limits
from analytics.questions.sensitivity.models import complete_model, imputed_model
from analytics.questions.sensitivity.tables import completed_tables
from analytics.statistics import NotEstimable
from analytics.statistics.design import INTERCEPT
from analytics.statistics.errors import attempt
from analytics.statistics.missing import missing_pattern

__all__ = ["answer_sensitivity"]


def answer_sensitivity(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """The model in complete patients beside the imputed ones, then each treatment of values below detection.

    How many patients each treatment takes is told by outcome only, and what is missing by pattern only: with
    totals side by side, a reader could work out how few with the outcome, or of one pattern, there are.
    A question without an outcome asks of values below detection only.
    """
    if "outcome" not in definition:
        return _below_detection(definition, columns, memory)
    outcome, covariates = definition["outcome"], definition["covariates"]
    occurred = columns.numbers(outcome)
    known = ~np.isnan(occurred)
    gaps = {code: columns.is_missing(code) & known for code in covariates}
    incomplete = np.logical_or.reduce(list(gaps.values()))
    complete = complete_model(definition, columns, known & ~incomplete)
    completed = attempt(completed_tables, definition, columns, known)
    imputed = imputed_model(definition, columns, known, completed)
    complete, imputed = (_blocked(model, variables) for model in (complete, imputed))
    for term in imputed["terms"]:
        term["shift"] = _shift(term, complete)
    payload = plain(
        {
            "outcome": outcome,
            "covariates": covariates,
            "auxiliary": definition.get("auxiliary", []),
            "by": definition.get("by", outcome),
            "method": definition.get("method", "pmm"),
            "imputations": definition["imputations"],
            "iterations": definition["iterations"],
            "seed": definition["seed"],
            "convergence": convergence(completed),
            "n": int(known.sum()),
            "n_missing": int((~known).sum()),
            "n_events": int((occurred == 1).sum()),
            "lost": {"by_outcome": _lost(incomplete, occurred)},
            "patterns": _patterns({code: gap[known] for code, gap in gaps.items()}),
            "models": [complete, imputed],
            "rows": compared_beyond_limits(definition, columns),
        }
    )
    estimated = [model for model in payload["models"] if model["reason"] is None]
    return Answer(
        status="done" if estimated else "not_estimable",
        reason=None if estimated else payload["models"][0]["reason"],
        payload=payload,
        guards=_guards(variables, columns, payload),
        estimates=_estimates(payload),
        memory=memory,
    )


def _below_detection(definition: Definition, columns: Columns, memory: dict[str, Any]) -> Answer:
    """Two groups by each treatment of values below detection, without a model."""
    rows = compared_beyond_limits(definition, columns)
    compared = [row for row in rows if row["reason"] is None]
    found = [
        guards.case_control(columns.design_groups()),
        guards.not_estimable(rows, "variable"),
        guards.hangs_on_the_limit(rows),
        guards.several_sites(columns.n_sites()),
    ]
    return Answer(
        status="done" if compared else "not_estimable",
        reason=None if compared else next((row["reason"] for row in rows), {"code": "no_variables"}),
        payload={"by": definition["by"], "models": [], "rows": rows},
        guards=[remark for remark in found if remark is not None],
        memory=memory,
    )


def _blocked(model: dict[str, Any], variables: Variables) -> dict[str, Any]:
    """The model, the reason in its place where it holds what is computed from others; a replication stays."""
    reason, covariates = blocked({**model, "vif": None}, variables)
    if reason is None:
        return {**model, "block": None}
    block = {**reason, "covariates": covariates}
    if model["is_replication"]:
        return {**model, "block": block}
    return {**model, "block": block, "terms": [], "reason": model["reason"] or reason}


def _shift(term: dict[str, Any], complete: dict[str, Any]) -> float | None:
    """How far imputing moved a coefficient, in standard errors of the complete patients' model."""
    for before in complete["terms"]:
        if before["term"] == term["term"] != INTERCEPT:
            return float((term["coefficient"] - before["coefficient"]) / before["standard_error"])
    return None


def _lost(incomplete: np.ndarray, occurred: Floats) -> dict[str, dict[str, Any]]:
    """The patients whom complete cases leave out, with and without the outcome."""
    return {"yes": _counted(incomplete[occurred == 1]), "no": _counted(incomplete[occurred == 0])}


def _patterns(gaps: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Which covariates are missing together, and in how many."""
    found = attempt(missing_pattern, gaps)
    if isinstance(found, NotEstimable):
        return []
    return [
        {
            "lacking": [code for code, has in zip(gaps, pattern.observed, strict=True) if not has],
            "n": pattern.count,
        }
        for pattern in found.patterns
    ]


def _counted(gap: np.ndarray) -> dict[str, Any]:
    """How many of so many lack a value."""
    return share(int(gap.sum()), gap.size)


def _estimates(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The log odds ratio of each term, imputed; that of complete patients is followed by its own question."""
    return [
        coefficient(term["term"], "log_odds_ratio", term, payload)
        for term in payload["models"][1]["terms"]
        if term["variable"] != INTERCEPT
    ]


def _of_known(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The models, imputed first, by the events for each coefficient among all with a known outcome.

    Those of complete patients would tell how many with the outcome lack a value.
    """
    rarer = min(payload["n_events"], payload["n"] - payload["n_events"])
    return [
        {**model, "events_per_variable": rarer / (len(model["terms"]) - 1)}
        for model in reversed(payload["models"])
        if len(model["terms"]) > 1
    ]


def _guards(variables: Variables, columns: Columns, payload: dict[str, Any]) -> list[guards.Guard]:
    models, rows = payload["models"], payload["rows"]
    found = [
        time_ignored(payload["outcome"], columns),
        guards.case_control(columns.design_groups()),
        guards.pooled_models(models[:1], payload["outcome"], variables, columns.design_groups()),
        guards.not_estimable(
            [{**part, "about": part.get("name") or part["variable"]} for part in (*models, *rows)], "about"
        ),
        guards.events_per_variable(_of_known(payload), variables[payload["outcome"]]),
        guards.separated(models[0]),
        guards.moved_by_imputing(models[1]),
        guards.not_converged(payload["convergence"]),
        guards.hangs_on_the_limit(rows),
        guards.derived_beside_parents({**models[0], "block": models[0]["reason"]}, variables),
        guards.several_sites(columns.n_sites()),
    ]
    return [guard for guard in found if guard is not None]
