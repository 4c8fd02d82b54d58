"""What is missing, together with what, and whether that depends on the outcome."""

from typing import Any

import numpy as np

from analytics import guards
from analytics.plan import Definition, Variables
from analytics.questions.answer import Answer, Reason, plain, share, why_not
from analytics.questions.columns import Columns
from analytics.statistics.missing import MissingByOutcome, missing_pattern
from analytics.statistics.multiplicity import adjust


def answer_missingness(
    definition: Definition, variables: Variables, columns: Columns, memory: dict[str, Any]
) -> Answer:
    """One row a variable, one a pattern; the tests against the outcome are one family."""
    outcome, codes = definition["outcome"], definition["variables"]
    occurred = columns.numbers(outcome)
    gaps = {code: columns.is_missing(code) for code in codes}
    found = missing_pattern(gaps, outcome=occurred)
    read = ((code, columns.read_labels(code)[1]) for code in codes)
    refused = [{"variable": code, "reason": why_not(why)} for code, why in read if why is not None]
    reasons = {entry["variable"]: entry["reason"] for entry in refused}
    tested = {entry.variable: entry for entry in found.by_outcome if entry.variable not in reasons}
    rows = [_row(code, gaps[code], occurred, tested.get(code), reasons.get(code)) for code in codes]
    for row, p_adjusted in zip(rows, adjust([row["p_value"] for row in rows], "bh"), strict=True):
        row["p_adjusted"] = p_adjusted
    payload = plain(
        {
            "outcome": outcome,
            "variables": codes,
            "n": columns.n,
            "n_missing": int(np.isnan(occurred).sum()),
            "n_events": int((occurred == 1).sum()),
            "n_complete": found.n_complete,
            "adjustment": "bh",
            "rows": rows,
            "patterns": [
                {
                    "lacking": [
                        code for code, is_seen in zip(codes, pattern.observed, strict=True) if not is_seen
                    ],
                    "n": pattern.count,
                }
                for pattern in found.patterns
            ],
        }
    )
    remarks = [
        guards.missing_by_outcome(payload["rows"]),
        guards.many_tests(len(tested), "bh"),
        guards.not_estimable(refused, "variable"),
    ]
    return Answer(
        status="done",
        payload=payload,
        guards=[remark for remark in remarks if remark is not None],
        memory=memory,
    )


def _row(
    code: str,
    gap: np.ndarray,
    occurred: np.ndarray,
    tested: MissingByOutcome | None,
    refused: Reason | None,
) -> dict[str, Any]:
    return {
        "variable": code,
        **_counted(gap),
        "by_outcome": {"yes": _counted(gap[occurred == 1]), "no": _counted(gap[occurred == 0])},
        "p_value": None if tested is None else tested.p_value,
        "reason": refused or ({"code": "nothing_missing"} if tested is None else None),
    }


def _counted(gap: np.ndarray) -> dict[str, Any]:
    """How many of so many lack a value."""
    return share(int(gap.sum()), gap.size)
