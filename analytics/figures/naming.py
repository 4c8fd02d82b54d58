"""Names of what a remark or a reason speaks of: a variable or its level, a model, a combination, a pair."""

from collections.abc import Callable, Mapping
from typing import Any

from analytics.figures.words import Words, inside


def namer(
    payload: dict[str, Any], words: Words, questions: Mapping[str, str] | None = None
) -> Callable[[str], str]:
    """Names, as they stand within a sentence, what a payload, its variables and the questions are coded as.

    `questions` are titles by short name.
    """
    titled = dict(questions or {})
    titled |= {entry["name"]: entry["title"] for entry in payload.get("models", ()) if entry["title"]}
    titled |= {entry["name"]: entry["title"] for entry in payload.get("added", ())}
    titled |= {entry["marker"]: entry["title"] for entry in payload.get("curves", ()) if "title" in entry}

    def name(code: str) -> str:
        if code in titled:
            return words.gettext(titled[code])
        variable, _, level = code.partition("=")
        if variable in words.variables and level:
            return inside(words.level(variable, level))
        return " – ".join(words.inside(part) for part in code.split("~"))

    return name
