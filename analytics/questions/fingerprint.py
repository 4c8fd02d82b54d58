"""What a question decides, as a hash: it changes with what is asked, not with how it is worded."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from analytics.plan import Definition, Variables

MEANING = ("from", "in", "unknown", "at_least", "cuts", "time", "event", "competing", "censored")
"""What in a variable's entry its values depend on; labels, units and steps shown do not change them."""
WORDS = ("title", "why", "for")


def fingerprint(
    wanted: dict[str, Any], names: Iterable[str], definition: Definition, variables: Variables
) -> str:
    """The hash of what is wanted, of the variables it names and of the population it is asked of."""
    meant = {
        "wanted": {key: value for key, value in wanted.items() if key not in WORDS},
        "variables": {name: _meaning(variables[name]) for name in names},
        "population": definition.get("population", {}),
    }
    return hashlib.sha256(json.dumps(meant, sort_keys=True).encode()).hexdigest()


def _meaning(variable: dict[str, Any]) -> dict[str, Any]:
    kept = {key: variable[key] for key in MEANING if key in variable}
    return kept | {"levels": [level["code"] for level in variable.get("levels", ())]}
