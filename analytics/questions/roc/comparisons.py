"""The question's markers in pairs, on the patients who have all of them."""

from itertools import combinations
from typing import Any

from analytics.plan import Definition
from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns
from analytics.questions.roc.patients import Patients
from analytics.statistics import NotEstimable
from analytics.statistics.errors import attempt
from analytics.statistics.multiplicity import adjust
from analytics.statistics.roc import Direction, PairedComparison, delong_paired

COMPARED = ("auc_x", "auc_y", "difference", "standard_error", "ci_low", "ci_high", "z", "p_value")


def compared_pairs(
    columns: Columns, definition: Definition, directions: dict[str, Direction]
) -> list[dict[str, Any]]:
    """DeLong's paired test of every two markers, their P values one family.

    A combination is not compared with what it holds: on the patients it was fitted to the test is not valid.
    """
    if "compare" not in definition:
        return []
    markers = definition["markers"]
    patients = Patients.with_all(columns, definition["outcome"], markers)
    pairs = [_pair(patients, x, y, directions) for x, y in combinations(markers, 2)]
    adjusted = adjust([pair["p_value"] for pair in pairs], definition["compare"])
    return [{**pair, "p_adjusted": p} for pair, p in zip(pairs, adjusted, strict=True)]


def _pair(patients: Patients, x: str, y: str, directions: dict[str, Direction]) -> dict[str, Any]:
    head = {
        "x": x,
        "y": y,
        "n": patients.n,
        "n_events": patients.n_events,
        "n_missing": patients.n_missing,
    }
    found = attempt(_test, patients, x, y, directions)
    if isinstance(found, NotEstimable):
        return {**head, **dict.fromkeys(COMPARED), "reason": why_not(found)}
    return plain(
        {
            **head,
            "auc_x": found.auc[0],
            "auc_y": found.auc[1],
            **{name: getattr(found, name) for name in COMPARED[2:]},
            "reason": None,
        }
    )


def _test(patients: Patients, x: str, y: str, directions: dict[str, Direction]) -> PairedComparison:
    patients.require(x, y)
    return delong_paired(
        patients.occurred,
        patients.markers[x],
        patients.markers[y],
        directions=(directions.get(x, "auto"), directions.get(y, "auto")),
    )
