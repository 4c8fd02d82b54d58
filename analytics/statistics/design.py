"""Columns of patients turned into a design matrix, with treatment contrasts and R's names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.errors import NotEstimable

INTERCEPT = "(Intercept)"


@dataclass(frozen=True, eq=False)
class Design:
    """A design matrix whose first column is the intercept.

    Attributes
    ----------
    matrix : ndarray of shape (n_patients, n_terms)
        Every value is finite; the first column is 1.
    terms : tuple of str
        Name of each column as R writes it: ``"(Intercept)"``, ``"age"``, ``"diabetesyes"``, ``"lwt:smoke"``.
    variables : tuple of str
        The variables, in order: a factor is one variable and several terms.
    assign : tuple of int
        For each term the position of its variable in `variables`, -1 for the intercept.
    """

    matrix: NDArray[np.float64]
    terms: tuple[str, ...]
    variables: tuple[str, ...]
    assign: tuple[int, ...]

    @property
    def owners(self) -> tuple[str, ...]:
        """The variable of each column; the first column is the intercept's own."""
        return tuple(INTERCEPT if position < 0 else self.variables[position] for position in self.assign)

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.matrix.shape[0])

    def columns_of(self, variable: str) -> NDArray[np.intp]:
        """Positions of the columns that belong to a variable."""
        return np.flatnonzero(np.array(self.assign) == self.variables.index(variable))

    def without(self, dropped: Iterable[str]) -> "Design":
        """The design without some variables."""
        gone = set(dropped)
        kept = [k for k, a in enumerate(self.assign) if a < 0 or self.variables[a] not in gone]
        variables = tuple(name for name in self.variables if name not in gone)
        assign = tuple(
            -1 if self.assign[k] < 0 else variables.index(self.variables[self.assign[k]]) for k in kept
        )
        return Design(self.matrix[:, kept], tuple(self.terms[k] for k in kept), variables, assign)

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Design":
        """The design of some patients, by mask or by position."""
        return Design(self.matrix[chosen], self.terms, self.variables, self.assign)


def design_matrix(
    columns: Mapping[str, ArrayLike],
    *,
    factors: Mapping[str, Sequence[str]] | None = None,
    interactions: Sequence[tuple[str, ...]] = (),
) -> Design:
    """Design matrix with an intercept, treatment contrasts and, after the main effects, interactions.

    Parameters
    ----------
    columns : mapping of str to array_like of shape (n_patients,)
        The covariates, in the order wanted. Numbers and booleans enter as they are; a factor holds labels.
    factors : mapping of str to sequence of str, optional
        The levels of each factor; the first is the reference.
    interactions : sequence of tuple of str, optional
        Products of covariates, each a tuple of names out of `columns`.

    Returns
    -------
    Design
        Of shape (n_patients, n_terms); with no columns, refused because the number of patients is unknown.

    Raises
    ------
    NotEstimable
        ``no_covariates``; ``not_numeric``, ``missing`` or ``infinite`` with the `variable`; ``unknown_level``
        with the `variable` and the `level`; ``unequal_lengths`` with the `variable`.

    Examples
    --------
    >>> design = design_matrix(
    ...     {"age": [51, 60, 72], "diabetes": ["yes", "no", "yes"]}, factors={"diabetes": ["no", "yes"]}
    ... )
    >>> design.terms
    ('(Intercept)', 'age', 'diabetesyes')
    >>> design.matrix
    array([[ 1., 51.,  1.],
           [ 1., 60.,  0.],
           [ 1., 72.,  1.]])
    """
    if not columns:
        raise NotEstimable("no_covariates")
    levels = factors or {}
    blocks = {
        name: _contrasts(name, column, levels[name]) if name in levels else ((name, numbers(column, name)),)
        for name, column in columns.items()
    }
    for names in interactions:
        blocks[":".join(names)] = _products([blocks[name] for name in names])

    n = len(next(iter(blocks.values()))[0][1])
    terms, values, assign = [INTERCEPT], [np.ones(n)], [-1]
    for position, (variable, block) in enumerate(blocks.items()):
        for term, column in block:
            if column.shape != (n,):
                raise NotEstimable("unequal_lengths", variable=variable)
            terms.append(term)
            values.append(column)
            assign.append(position)
    return Design(np.column_stack(values), tuple(terms), tuple(blocks), tuple(assign))


def numbers(column: ArrayLike, variable: str) -> NDArray[np.float64]:
    """A column as finite numbers.

    Parameters
    ----------
    column : array_like of shape (n_patients,)
        Numbers, booleans, or objects that hold numbers.
    variable : str
        Its name, for the refusal.

    Returns
    -------
    ndarray of shape (n_patients,)

    Raises
    ------
    NotEstimable
        ``not_numeric``, ``missing`` or ``infinite``, with the `variable`.

    Examples
    --------
    >>> numbers([True, 2], "diabetes")
    array([1., 2.])
    """
    try:
        values = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise NotEstimable("not_numeric", variable=variable) from None
    if values.ndim != 1:
        raise NotEstimable("not_numeric", variable=variable)
    if np.isnan(values).any():
        raise NotEstimable("missing", variable=variable, n_missing=int(np.isnan(values).sum()))
    if np.isinf(values).any():
        raise NotEstimable("infinite", variable=variable)
    return values


def two_classes(outcome: ArrayLike) -> NDArray[np.bool_]:
    """A binary outcome, with both classes present.

    Parameters
    ----------
    outcome : array_like of shape (n_patients,), bool or 0 and 1
        Whether the outcome occurred.

    Returns
    -------
    ndarray of shape (n_patients,), bool

    Raises
    ------
    NotEstimable
        As `numbers`; ``not_binary``; ``no_patients``; ``one_class``.

    Examples
    --------
    >>> two_classes([1, 0])
    array([ True, False])
    """
    occurred = numbers(outcome, "outcome")
    if not np.isin(occurred, (0.0, 1.0)).all():
        raise NotEstimable("not_binary", variable="outcome")
    both_classes(int(occurred.sum()), int(occurred.size - occurred.sum()))
    return occurred.astype(bool)


def both_classes(n_cases: int, n_controls: int) -> None:
    """Refuse a sample without patients or with one class only.

    Parameters
    ----------
    n_cases, n_controls : int
        Patients with and without the outcome.

    Raises
    ------
    NotEstimable
        ``no_patients``; ``one_class`` with both numbers.

    Examples
    --------
    >>> both_classes(48, 0)
    Traceback (most recent call last):
    ...
    analytics.statistics.errors.NotEstimable: one_class (n_cases=48, n_controls=0)
    """
    if n_cases + n_controls == 0:
        raise NotEstimable("no_patients")
    if n_cases == 0 or n_controls == 0:
        raise NotEstimable("one_class", n_cases=n_cases, n_controls=n_controls)


Block = tuple[tuple[str, NDArray[np.float64]], ...]


def _contrasts(name: str, column: ArrayLike, levels: Sequence[str]) -> Block:
    labels = np.array([str(label) for label in np.asarray(column, dtype=object)], dtype=object)
    unknown = set(labels) - set(levels)
    if unknown:
        raise NotEstimable("unknown_level", variable=name, level=min(unknown))
    return tuple((f"{name}{level}", (labels == level).astype(np.float64)) for level in levels[1:])


def _products(blocks: Sequence[Block]) -> Block:
    """Every product of one column from each block; the first block varies fastest, as in R."""
    product: Block = blocks[0]
    for block in blocks[1:]:
        product = tuple((f"{a}:{b}", x * y) for b, y in block for a, x in product)
    return product
