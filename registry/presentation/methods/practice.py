"""Words for questions about the data themselves and how they are used."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from registry.presentation.methods.words import Found, Words, listed


def _missing_by_outcome(found: Found, words: Words) -> str:
    return _(
        "How often each variable is missing is compared between patients with and without %(outcomes)s by "
        "Fisher's exact test, and the combinations of variables missing together are counted."
    ) % {"outcomes": listed([words.inside(code) for code in found["outcomes"]])}


WORDING: dict[str, Callable[[Found, Words], str]] = {
    "missing_by_outcome": _missing_by_outcome,
}
