"""Words for questions about a study that is still growing."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from registry.presentation.methods.words import Found, Words
from registry.presentation.rounding import number


def _size_of_models(found: Found, words: Words) -> str:
    return _(
        "The size that a model needs is the largest by three criteria of Riley and colleagues: coefficients "
        "to be shrunk by no more than a factor of %(shrinkage)s, Nagelkerke's R² at most 0.05 lower in other "
        "patients, and the overall risk known within 5 percentage points. The share with the outcome is that "
        "of the patients so far."
    ) % {"shrinkage": number(found["shrinkage"], 2)}


def _r2_expected(found: Found, words: Words) -> str:
    return _(
        "The R² to expect is the one that the plan states; else that of the model as fitted now times its "
        "heuristic shrinkage factor; while it cannot be fitted, 15 % of what can be explained at most. The "
        "shrinkage to expect at the present size is the factor for which the first criterion would ask for "
        "just that size."
    )


def _precision(found: Found, words: Words) -> str:
    return _(
        "Intervals are foretold to narrow with the square root of the number of patients, of events for a "
        "hazard ratio; that of a correlation on the scale of Fisher's z, that of a ratio as its logarithm. "
        "The month in which enough patients will be there follows from the pace of enrolment in the year "
        "up to the latest one, if it goes on."
    )


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "size_of_models": _size_of_models,
    "r2_expected": _r2_expected,
    "precision": _precision,
}
