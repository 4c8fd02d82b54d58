"""A question's table completed several times, what follows from other variables computed from those."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.plan import Definition
from analytics.questions.columns import Columns, Floats
from analytics.statistics.missing import Imputed, Passive, Variable, impute
from registry.dictionary.derived import DERIVED

Table = dict[str, Floats]


def completed_tables(definition: Definition, columns: Columns, known: NDArray[np.bool_]) -> Imputed:
    """The patients with a known outcome: outcome, covariates, auxiliaries and what those come from."""
    named = [definition["outcome"], *definition["covariates"], *definition.get("auxiliary", [])]
    rules = _rules(named, columns)
    parents = [parent for rule in rules.values() for parent in rule.parents]
    method = definition.get("method", "pmm")
    variables = {
        code: Variable(
            coded(code, columns)[known], method if columns.scale(code) == "continuous" else "levels"
        )
        for code in dict.fromkeys([*named, *parents])
    }
    return impute(
        variables,
        passive=rules,
        imputations=definition["imputations"],
        iterations=definition["iterations"],
        seed=definition["seed"],
    )


def coded(code: str, columns: Columns) -> Floats:
    """A variable as numbers, its levels counted from 0; NaN where it is missing."""
    if "levels" not in columns.variables[code]:
        return columns.numbers(code)
    labels = columns.labels(code)
    codes = np.full(columns.n, np.nan)
    for k, level in enumerate(columns.levels(code)):
        codes[labels == level] = k
    return codes


def entered(
    table: Table, covariates: list[str], columns: Columns
) -> tuple[dict[str, NDArray[Any]], dict[str, tuple[str, ...]]]:
    """Covariates as the other questions enter them, and the levels of those that are categories."""
    levels = {code: columns.levels(code) for code in covariates if columns.has_labels(code)}
    labelled = {code: np.array(levels[code], dtype=object)[table[code].astype(np.intp)] for code in levels}
    return {code: table[code] for code in covariates} | labelled, levels


def _rules(named: Iterable[str], columns: Columns) -> dict[str, Passive]:
    """How what follows from other variables of the plan is computed."""
    found = {code: _rule(code, columns) for code in named}
    return {code: rule for code, rule in found.items() if rule is not None}


def _rule(code: str, columns: Columns) -> Passive | None:
    variable = columns.variables[code]
    source = variable.get("from", code)
    if "derived_from" in variable and code in DERIVED:
        derived = DERIVED[code]
        known = all(parent in columns.variables for parent in derived.inputs)
        return Passive(derived.inputs, derived.formula) if known else None
    if source == code or source not in columns.variables or columns.scale(source) != "continuous":
        return None
    cuts = [variable["at_least"]] if "at_least" in variable else variable.get("cuts")
    if cuts is None:
        return None
    return Passive((source,), partial(_classes, cuts))


def _classes(cuts: list[float], values: Floats) -> Floats:
    """Classes counted from 0; a value at a cut belongs to the class above it."""
    return np.asarray(np.searchsorted(cuts, values, side="right"), dtype=np.float64)
