"""Every kind of question, on plain tables: no database, no Django."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.plan import load_plan
from analytics.questions import Answer, answer

PAPER_LIKE = Path(__file__).parent / "data" / "paper_like_roc_fixture.csv"


def paper_like() -> pd.DataFrame:
    """The 200 rows that attain the model study's four printed ROC curves."""
    rows = pd.read_csv(PAPER_LIKE)
    return pd.DataFrame(
        {
            "study_id": rows["id"],
            "group": "mhd",
            "terminal_status": np.where(rows["cvd_death"] == 1, "death_cv", ""),
            "mg": rows["mg_mmol_l"],
            "ca": rows["ca_mmol_l"],
            "p": rows["p_mmol_l"],
        }
    )


def ask(plan: str, slug: str, frame: pd.DataFrame, memory: dict[str, Any] | None = None) -> Answer:
    loaded = load_plan(plan)
    return answer(loaded.question(slug), loaded.variables, frame, memory=memory)


class TestPaperRoc:
    """The printed areas and the only counts that the printed percentages allow."""

    @pytest.mark.parametrize(
        ("marker", "auc", "counts"),
        [
            ("mg", 0.895, (42, 6, 2, 150)),
            ("ca", 0.802, (32, 16, 14, 138)),
            ("p", 0.851, (35, 13, 0, 152)),
            ("combined", 0.921, (39, 9, 10, 142)),
        ],
    )
    def test_printed_row(self, marker: str, auc: float, counts: tuple[int, ...]) -> None:
        curves = {
            curve["marker"]: curve
            for curve in ask("paper-roc", "cvd-death-roc", paper_like()).payload["curves"]
        }
        curve = curves[marker]
        assert round(curve["auc"], 3) == auc
        assert (curve["tp"], curve["fn"], curve["fp"], curve["tn"]) == counts
        assert (curve["n"], curve["n_events"]) == (200, 48)
