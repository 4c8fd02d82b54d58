"""Multiple imputation by chained equations."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from analytics.statistics.errors import NotEstimable
from analytics.statistics.missing.draws import draw_level, draw_matched, draw_normal
from analytics.statistics.missing.equations import Equations, Method, Passive, Variable
from analytics.statistics.samples import Floats

DRAWN_BY: dict[Method, Callable[[Floats, Floats, Floats, np.random.Generator], Floats]] = {
    "pmm": draw_matched,
    "norm": draw_normal,
    "levels": draw_level,
}

FEWEST = 10
"""Observed values below which a variable is not imputed."""


_LARGEST = 1e100
"""Beyond this squares leave the range of numbers."""


@dataclass(frozen=True, eq=False)
class Imputed:
    """A table completed several times, and the way there.

    Attributes
    ----------
    tables : tuple of dict of str to ndarray of shape (n_patients,)
        Each completed table; observed values are as given.
    means, spreads : dict of str to ndarray of shape (n_iterations, n_imputations)
        Of the values drawn for each variable, after each round.
    """

    tables: tuple[dict[str, Floats], ...]
    means: dict[str, Floats]
    spreads: dict[str, Floats]


def impute(
    variables: Mapping[str, Variable],
    *,
    passive: Mapping[str, Passive] | None = None,
    imputations: int,
    iterations: int,
    seed: int,
) -> Imputed:
    """Complete a table several times.

    Each variable in turn is drawn given all the others; a variable that follows from others predicts all but
    those. The draws depend on the values and the seed, not on the order of the patients.

    Parameters
    ----------
    variables : mapping of str to Variable
        All that the analysis uses, the outcome among them, and what tells why a value is missing.
    passive : mapping of str to Passive, optional
        Which of the variables follow from which others.
    imputations : int
        Completed tables.
    iterations : int
        Rounds over the variables before a table is taken.
    seed : int

    Returns
    -------
    Imputed

    Raises
    ------
    NotEstimable
        ``no_variables``; ``nothing_missing``; with the `variable`, ``too_few_observed`` where fewer than ten
        values are, ``out_of_range`` where one is beyond 1e100, ``missing`` where one cannot be computed from
        its parents.

    References
    ----------
    Van Buuren S, Groothuis-Oudshoorn K. J Stat Softw 2011;45(3). White IR, Royston P, Wood AM. Stat Med
    2011;30:377-399.

    Examples
    --------
    >>> age = np.arange(40.0)
    >>> mg = np.where(np.arange(40) % 8 == 0, np.nan, 1 - age / 100)
    >>> found = impute({"age": Variable(age), "mg": Variable(mg)}, imputations=2, iterations=5, seed=1)
    >>> first, second = found.tables
    >>> bool(np.isnan(first["mg"]).any()), bool((first["mg"] == second["mg"]).all())
    (False, False)
    """
    if not variables:
        raise NotEstimable("no_variables")
    rules = dict(passive or {})
    if not any(variable.missing.any() for variable in variables.values()):
        raise NotEstimable("nothing_missing")
    for name, variable in variables.items():
        observed = variable.values[~variable.missing]
        if name not in rules and variable.missing.any() and observed.size < FEWEST:
            raise NotEstimable("too_few_observed", needed=FEWEST, variable=name)
        if np.abs(observed).max(initial=0.0) > _LARGEST:
            raise NotEstimable("out_of_range", variable=name)
    order = np.lexsort([variable.values for variable in variables.values()])
    ordered = {name: Variable(each.values[order], each.method) for name, each in variables.items()}
    back = np.argsort(order)
    equations = Equations.of(ordered, rules)
    streams = np.random.SeedSequence(seed).spawn(imputations)
    chains = [_chain(equations, iterations, stream) for stream in streams]
    traces = np.stack([trace for _filled, trace in chains], axis=-1)
    means, spreads = (dict(zip(equations.drawn, part, strict=True)) for part in traces)
    tables = tuple({name: column[back] for name, column in filled.items()} for filled, _trace in chains)
    return Imputed(tables, means, spreads)


def _chain(
    equations: Equations, iterations: int, stream: np.random.SeedSequence
) -> tuple[dict[str, Floats], Floats]:
    """One completed table; mean and spread of what was drawn, by variable and round."""
    rng = np.random.default_rng(stream)
    variables, matrix = equations.variables, equations.empty
    filled: dict[str, Floats] = {}

    def fill(name: str, values: Floats) -> None:
        filled[name] = values
        matrix[:, equations.places[name]] = equations.columns[name].filled(values)

    def follow(changed: Collection[str]) -> None:
        for name, rule in equations.rules.items():
            if any(parent in changed for parent in rule.parents):
                fill(name, _computed(name, variables[name], rule, filled))

    for name, variable in variables.items():
        if name not in equations.rules:
            fill(name, _begun(variable, rng))
    follow(filled.keys())
    trace = np.empty((2, len(equations.drawn), iterations))
    for iteration in range(iterations):
        for k, name in enumerate(equations.drawn):
            variable, used = variables[name], equations.used[name]
            gap, predictors = variable.missing, matrix[:, used]
            values = filled[name].copy()
            values[gap] = DRAWN_BY[variable.method](
                variable.values[~gap], predictors[~gap], predictors[gap], rng
            )
            trace[:, k, iteration] = values[gap].mean(), values[gap].std()
            fill(name, values)
            follow([name])
    return filled, trace


def _begun(variable: Variable, rng: np.random.Generator) -> Floats:
    """The observed values, the gaps filled by some of them."""
    gap = variable.missing
    values = variable.values.copy()
    if gap.any():
        values[gap] = rng.choice(variable.values[~gap], int(gap.sum()))
    return values


def _computed(name: str, variable: Variable, rule: Passive, filled: Mapping[str, Floats]) -> Floats:
    """A variable that follows from others, where it was not observed."""
    computed = rule.formula(*(filled[parent] for parent in rule.parents))
    values = np.where(variable.missing, computed, variable.values)
    if np.isnan(values).any():
        raise NotEstimable("missing", variable=name)
    return values
