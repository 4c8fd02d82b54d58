"""What is missing, together with what, and whether that depends on the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.statistics.comparison.fisher import fisher_test
from analytics.statistics.errors import NotEstimable
from analytics.statistics.samples import measured


@dataclass(frozen=True)
class Pattern:
    """Patients who have and lack the same variables.

    Attributes
    ----------
    observed : tuple of bool
        For each variable, in order.
    count : int
    """

    observed: tuple[bool, ...]
    count: int


@dataclass(frozen=True)
class MissingByOutcome:
    """How often a variable is missing with and without the outcome.

    Attributes
    ----------
    variable : str
    share_with, share_without : float or None
        In [0, 1]; None without any such patient.
    p_value : float
        Fisher's exact test.
    """

    variable: str
    share_with: float | None
    share_without: float | None
    p_value: float


@dataclass(frozen=True)
class MissingPattern:
    """The gaps in a table.

    Attributes
    ----------
    variables : tuple of str
    n : int
        Patients.
    n_missing : tuple of int
        For each variable.
    n_complete : int
        Patients who lack nothing.
    patterns : tuple of Pattern
        The most frequent first.
    pairs_observed : tuple of tuple of int
        Patients who have both, for every two variables.
    by_outcome : tuple of MissingByOutcome
        For the variables with gaps; empty without an outcome.
    """

    variables: tuple[str, ...]
    n: int
    n_missing: tuple[int, ...]
    n_complete: int
    patterns: tuple[Pattern, ...]
    pairs_observed: tuple[tuple[int, ...], ...]
    by_outcome: tuple[MissingByOutcome, ...]


def missing_pattern(
    is_missing: Mapping[str, NDArray[np.bool_]], *, outcome: ArrayLike | None = None
) -> MissingPattern:
    """Describe the gaps in a table.

    Parameters
    ----------
    is_missing : mapping of str to ndarray of shape (n_patients,), bool
        For each variable, the patients who lack it.
    outcome : array_like of shape (n_patients,), optional
        1 where the outcome occurred, 0 where not, NaN where unknown (such patients do not enter that part).

    Returns
    -------
    MissingPattern

    Raises
    ------
    NotEstimable
        ``no_variables``, ``no_patients``; for the outcome ``not_numeric``, ``infinite``, ``not_binary``.

    References
    ----------
    Lee KJ et al. J Clin Epidemiol 2021;134:79-88 (what to tell of missing values).

    Examples
    --------
    >>> gaps = {"mg": np.array([True, False, False]), "p": np.array([True, False, True])}
    >>> found = missing_pattern(gaps)
    >>> found.n_missing, found.n_complete, found.patterns[0]
    ((1, 2), 1, Pattern(observed=(False, False), count=1))
    """
    if not is_missing:
        raise NotEstimable("no_variables")
    gaps = np.column_stack([np.asarray(gap, dtype=np.bool_) for gap in is_missing.values()])
    if not len(gaps):
        raise NotEstimable("no_patients")
    rows, counts = np.unique(~gaps, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    seen = (~gaps).astype(np.int64)
    return MissingPattern(
        variables=tuple(is_missing),
        n=len(gaps),
        n_missing=tuple(int(count) for count in gaps.sum(axis=0)),
        n_complete=int((~gaps).all(axis=1).sum()),
        patterns=tuple(Pattern(tuple(bool(has) for has in rows[k]), int(counts[k])) for k in order),
        pairs_observed=tuple(tuple(int(count) for count in row) for row in seen.T @ seen),
        by_outcome=() if outcome is None else _by_outcome(tuple(is_missing), gaps, outcome),
    )


def _by_outcome(
    names: tuple[str, ...], gaps: NDArray[np.bool_], outcome: ArrayLike
) -> tuple[MissingByOutcome, ...]:
    values = measured(outcome, "outcome")
    known = ~np.isnan(values)
    if not np.isin(values[known], (0.0, 1.0)).all():
        raise NotEstimable("not_binary", variable="outcome")
    occurred = values[known] == 1
    found = []
    for name, gap in zip(names, gaps.T, strict=True):
        if gap.any():
            lacks = gap[known]
            counts = [[(part & group).sum() for group in (~occurred, occurred)] for part in (~lacks, lacks)]
            p_value = fisher_test(np.array(counts, dtype=np.int64)).p_value
            found.append(MissingByOutcome(name, _share(lacks[occurred]), _share(lacks[~occurred]), p_value))
    return tuple(found)


def _share(lacks: NDArray[np.bool_]) -> float | None:
    return float(lacks.mean()) if lacks.size else None
