"""How remarks name things: lists, pairs, counts, P values."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

Name = Callable[[str], str]
Found = Mapping[str, Any]
Wording = Callable[[Found, Name], tuple[str, str]]
Wordings = dict[tuple[str, str | None], Wording]
"""By a rule's code and the place of what it found; None for what is found without a place."""

ADJUSTMENTS = {
    "bh": gettext_lazy("Benjamini–Hochberg"),
    "by": gettext_lazy("Benjamini–Yekutieli"),
    "holm": gettext_lazy("Holm"),
    "bonferroni": gettext_lazy("Bonferroni"),
}


def pairs(pairs: list[dict[str, str]], name: Name) -> str:
    named = [f"{name(pair['x'])} – {name(pair['y'])}" for pair in pairs[:6]]
    more = len(pairs) - len(named)
    if more > 0:
        named.append(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more})
    return listed(named)


def pointing(advice: str, found: Found, name: Name, to: str) -> str:
    """An advice with the question that meets it, where the plan asks one."""
    if found.get("question") is None:
        return advice
    return f"{advice} {to % {'question': name(found['question'])}}"


def level_code(variable: str, level: str) -> str:
    """What a level of a variable is named by."""
    return f"{variable}={level}"


def listed(names: list[str]) -> str:
    return ", ".join(names)
