"""ROC questions of the plans, asked of plain tables."""

from typing import Any

import pandas as pd

from analytics.figures import Words
from analytics.figures.figure import Table
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.tables import tables
from tests.analytics.tables import mhd, nhanes, paper_like

TABLES = {"mhd": mhd(), "nhanes-aac": nhanes(), "paper-roc": paper_like()}
HOW = {"resamples": 100, "seed": 7, "crossvalidation": {"folds": 5, "repeats": 2}}


def ask(
    plan: str,
    slug: str = "cvd-death-roc",
    frame: pd.DataFrame | None = None,
    *,
    asked: dict[str, Any] | None = None,
    **memory: Any,
) -> Answer:
    loaded = load_plan(plan)
    table = TABLES[plan] if frame is None else frame
    return answer(loaded.question(slug) | (asked or {}), loaded.variables, table, memory=memory)


def curves(given: Answer) -> dict[str, dict[str, Any]]:
    return {curve["marker"]: curve for curve in given.payload["curves"]}


def rules(curve: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {point["rule"]: point for point in curve["operating"]}


def codes(given: Answer) -> list[str]:
    return [guard["code"] for guard in given.guards]


def printed(given: Answer, plan: str = "mhd") -> dict[str, Table]:
    words = Words(load_plan(plan).variables)
    return {table.caption: table for table in tables("roc", given.payload, words)}


def observed(*codes: str) -> Any:
    """Outcome and markers of the haemodialysis patients who have all of them."""
    frame = TABLES["mhd"].query("group == 'mhd' and terminal_status != 'lost'").dropna(subset=list(codes))
    return (
        (frame["terminal_status"] == "death_cv").to_numpy(),
        *(frame[code].to_numpy(float) for code in codes),
    )


MHD = ask("mhd", asked=HOW)
"""The plan's own question, with fewer resamples."""
