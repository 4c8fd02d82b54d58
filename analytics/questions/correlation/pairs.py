"""Each pair of measurements in each stratum: coefficient, test, and the family the test belongs to."""

from collections.abc import Iterable
from typing import Any

from analytics.questions.answer import plain, why_not
from analytics.questions.columns import Columns, Floats
from analytics.statistics import NotEstimable
from analytics.statistics.correlation import Correlation, PartialCorrelation
from analytics.statistics.multiplicity import Method, adjust

Pair = dict[str, Any]

STRUCTURAL = {"code": "structural"}
NUMBERS = ("r", "ci_low", "ci_high", "p_value", "p_adjusted")


def read(columns: Columns, codes: Iterable[str]) -> tuple[dict[str, Floats], dict[str, NotEstimable]]:
    """Measurements by code, and why some cannot be computed with: those are missing throughout."""
    found = {code: columns.read(code) for code in codes}
    values = {code: values for code, (values, _why) in found.items()}
    return values, {code: why for code, (_values, why) in found.items() if why is not None}


def one_pair(
    head: dict[str, Any], found: Correlation | PartialCorrelation | NotEstimable, *, is_tested: bool
) -> Pair:
    """A coefficient with its interval; of a structural pair the P is withheld, with that as the reason."""
    if isinstance(found, NotEstimable):
        return {**head, **dict.fromkeys(NUMBERS), "reason": why_not(found)}
    return plain(
        {
            **head,
            "r": found.r,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "p_value": found.p_value if is_tested else None,
            "p_adjusted": None,
            "reason": None if is_tested else STRUCTURAL,
        }
    )


def as_family(tests: list[Pair], adjustment: Method, **name: Any) -> dict[str, Any]:
    """Adjust the P of tests that are read together; the family's name, its size and how it was adjusted."""
    p_values = [entry["p_value"] for entry in tests]
    for entry, p_adjusted in zip(tests, adjust(p_values, adjustment), strict=True):
        entry["p_adjusted"] = p_adjusted
    return {**name, "n_tests": sum(p is not None for p in p_values), "adjustment": adjustment}
