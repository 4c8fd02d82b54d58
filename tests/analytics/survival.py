"""The survival question of the haemodialysis plan, asked of made-up patients."""

from typing import Any

import pandas as pd

from analytics.plan import load_plan
from analytics.questions import Answer, answer
from tests.analytics.tables import mhd

MHD = mhd()


def ask(frame: pd.DataFrame = MHD, **fields: Any) -> Answer:
    """The answer, with parts of the question as the plan has it replaced."""
    plan = load_plan("mhd")
    return answer(plan.question("cvd-death-survival") | fields, plan.variables, frame)
