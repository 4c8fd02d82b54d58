"""Comparison questions of the shipped plans, asked of tables like theirs."""

from typing import Any

import pandas as pd

from analytics.plan import load_plan
from analytics.questions import Answer, answer
from tests.analytics.tables import mhd, nhanes

TABLES = {"mhd": mhd(), "nhanes-aac": nhanes()}


def ask(slug: str, frame: pd.DataFrame | None = None, *, plan: str = "mhd", **fields: Any) -> Answer:
    loaded = load_plan(plan)
    table = TABLES[plan] if frame is None else frame
    return answer(loaded.question(slug) | fields, loaded.variables, table)
