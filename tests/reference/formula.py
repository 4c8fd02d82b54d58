"""The right-hand side of an R formula, as a design matrix with R's column names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

import numpy as np
import pandas as pd

from tests.reference.pack import label, labels

_FUNCTIONS = {"I": lambda x: x, "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p}
_FUNCTIONS |= {"exp": np.exp, "sqrt": np.sqrt, "abs": np.abs, "as.numeric": lambda x: x}


@dataclass(frozen=True)
class Design:
    """The columns of a formula; NaN where a variable of the row is missing."""

    names: tuple[str, ...]
    """Name of each column, as R writes it: "(Intercept)", "age", "race2", "lwt:smoke"."""
    terms: tuple[str, ...]
    """Term of the formula that each column belongs to; "(Intercept)" for the intercept."""
    x: np.ndarray
    """Shape (n_rows, n_columns)."""
    strata: np.ndarray | None
    """Label of each row's stratum, None where missing; None without strata()."""
    before_strata: tuple[str, ...] = ()
    """The terms that R writes before strata()."""

    @property
    def complete(self) -> np.ndarray:
        """Rows with every variable observed, shape (n_rows,)."""
        observed = ~np.isnan(self.x).any(axis=1)
        return observed if self.strata is None else observed & np.array([s is not None for s in self.strata])


def outcome(frame: pd.DataFrame, column: str, positive: object) -> np.ndarray:
    """1.0 where the column is the positive level, 0.0 where it is another, NaN where it is missing."""
    seen = labels(frame[column])
    return np.array([np.nan if value is None else float(value == label(positive)) for value in seen])


def design(
    frame: pd.DataFrame,
    formula: str,
    factors: Mapping[str, Sequence[str]] | Sequence[Any] = (),
    *,
    intercept: bool = True,
) -> Design:
    """Columns of `formula` with treatment contrasts; the first level of a factor is its reference."""
    levels = dict(factors) if isinstance(factors, Mapping) else {}
    columns, names, terms, strata, before_strata = [], [], [], None, ()
    if intercept:
        columns, names, terms = [np.ones(len(frame))], ["(Intercept)"], ["(Intercept)"]
    for term in _terms(formula):
        if stratum := re.fullmatch(r"strata\(([\w.]+)\)", term):
            strata, before_strata = labels(frame[stratum[1]]), tuple(terms)
            continue
        parts = [_columns(frame, part, levels) for part in _split(term, ":")]
        # R lets the first factor of an interaction vary fastest.
        for combination in product(*reversed(parts)):
            chosen = combination[::-1]
            names.append(":".join(name for name, _ in chosen))
            columns.append(np.prod([column for _, column in chosen], axis=0))
            terms.append(term)
    return Design(tuple(names), tuple(terms), np.column_stack(columns), strata, before_strata)


def _split(text: str, mark: str) -> list[str]:
    """Split at the marks outside brackets."""
    pieces, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == mark and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += character
    return [piece.strip() for piece in pieces]


def _terms(formula: str) -> list[str]:
    """Main effects before interactions, each once, as R orders them; strata() is a main effect."""
    found = [":".join(term) for term in _expanded(formula.split("~", 1)[1])]
    return sorted(dict.fromkeys(found), key=lambda term: len(_split(term, ":")))


def _expanded(text: str) -> list[tuple[str, ...]]:
    """The terms of a sum, each by its factors: a * b is a + b + a:b, and brackets spread."""
    found: list[tuple[str, ...]] = []
    for piece in _split(text.strip(), "+"):
        crossed = _split(piece, "*")
        if len(crossed) > 1:
            sides = [_expanded(side) for side in crossed]
            for size in range(1, 1 << len(sides)):
                chosen = [side for bit, side in enumerate(sides) if size >> bit & 1]
                found += [tuple(chain(*term)) for term in product(*chosen)]
        elif piece.startswith("(") and piece.endswith(")"):
            found += _expanded(piece[1:-1])
        else:
            found.append(tuple(_split(piece, ":")))
    return found


def _columns(
    frame: pd.DataFrame, expression: str, levels: Mapping[str, Sequence[str]]
) -> list[tuple[str, np.ndarray]]:
    name = re.sub(r"^(?:as\.)?factor\(([\w.]+)\)$", r"\1", expression)
    if name in frame and (
        name in levels or name != expression or not pd.api.types.is_numeric_dtype(frame[name])
    ):
        seen = labels(frame[name])
        missing = np.array([value is None for value in seen])
        order = levels.get(name) or sorted({value for value in seen if value is not None})
        dummies = [np.where(missing, np.nan, (seen == level).astype(float)) for level in order[1:]]
        return [(f"{expression}{level}", dummy) for level, dummy in zip(order[1:], dummies, strict=True)]
    if name in frame:
        return [(expression, frame[name].to_numpy(float))]
    variables = {
        column: frame[column].to_numpy(float) for column in frame if re.search(rf"\b{column}\b", expression)
    }
    # R's arithmetic in a formula of the pack's own, such as I(big - 1e9).
    value = eval(expression.replace("^", "**"), {}, _FUNCTIONS | variables)  # noqa: S307
    return [(expression, np.asarray(value, float))]
