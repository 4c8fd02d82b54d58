"""Read a reference pack by its schema and hold a result against the figures it expects."""

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from analytics.statistics import NotEstimable

SCHEMA = "cohort-stats-reference/1"
HERE = Path(__file__).parent

Verdict = Literal["same", "differs", "not offered", "not comparable"]


@dataclass(frozen=True, eq=False)
class Case:
    """One call of R, and what it gave."""

    id: str
    kind: str
    csv: str | None
    where: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, Any]
    call: str
    tolerance: Mapping[str, Mapping[str, Any]]
    expected: Mapping[str, Any]
    pack: "Pack" = field(repr=False)

    def frame(self) -> pd.DataFrame:
        """The rows of the case's CSV that meet every condition of its `where`; none without a CSV."""
        frame = self.pack.frame(self.csv) if self.csv else pd.DataFrame()
        for condition in self.where:
            if condition["op"] != "==":
                raise ValueError(f"{self.id}: unknown operator {condition['op']!r}")
            kept = labels(frame[condition["col"]]) == label(condition["value"])
            frame = frame[kept]
        return frame.reset_index(drop=True)


class Pack:
    """A directory with `expected/*.json` and the CSV files in `data/` that they were computed from."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._frames: dict[str, pd.DataFrame] = {}

    @cached_property
    def files(self) -> list[dict[str, Any]]:
        files = [json.loads(path.read_text("utf-8")) for path in sorted(self.root.glob("expected/*.json"))]
        if not files:
            raise FileNotFoundError(f"{self.root} holds no expected/*.json")
        for file in files:
            if file["schema"] != SCHEMA:
                raise ValueError(f"{file['file']} is of schema {file['schema']}, not {SCHEMA}")
        return files

    @cached_property
    def cases(self) -> list[Case]:
        return [
            Case(
                id=case["id"],
                kind=case["kind"],
                csv=case["csv"],
                where=case["where"] or (),
                inputs=case["inputs"],
                call=case["call"],
                tolerance=case["tolerance"],
                expected=case["expected"],
                pack=self,
            )
            for file in self.files
            for case in file["cases"]
        ]

    @cached_property
    def sha256(self) -> dict[str, str]:
        """The hash that each CSV must have, by name."""
        return {name: stated for file in self.files for name, stated in (file["data_sha256"] or {}).items()}

    def path(self, csv: str) -> Path:
        """Where the CSV lies; refused when it is not the one that the figures were computed from."""
        path = self.root / "data" / csv
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if csv in self.sha256 and found != self.sha256[csv]:
            raise ValueError(f"{csv} is not the file that the figures were computed from: sha256 {found}")
        return path

    def frame(self, csv: str) -> pd.DataFrame:
        """The CSV as R reads it: only an empty field is missing, every digit is kept."""
        if csv not in self._frames:
            self._frames[csv] = pd.read_csv(self.path(csv), keep_default_na=False, na_values=[""])
        return self._frames[csv]

    def resamples(self, csv: str) -> np.ndarray:
        """Stored bootstrap rows, shape (n_resamples, n_rows), counted from 0 (R's files count from 1)."""
        return np.loadtxt(self.path(csv), delimiter=",", dtype=int, ndmin=2) - 1


def packs() -> list[Pack]:
    """The project's own packs, or the one that CALCIS_REFERENCE names."""
    other = os.environ.get("CALCIS_REFERENCE")
    roots = [Path(other)] if other else [HERE / "open", HERE / "own"]
    return [Pack(root) for root in roots]


def label(value: object) -> str:
    """One value as R's as.character writes it."""
    if isinstance(value, bool | np.bool_):
        return str(value).upper()
    if isinstance(value, float | np.floating):
        return f"{value:.15g}"
    return str(value)


def labels(column: pd.Series) -> np.ndarray:
    """The column as R's as.character writes it; None where it is missing."""
    return np.array([None if pd.isna(value) else label(value) for value in column], dtype=object)


def parts(found: Any, **fields: str) -> Any:
    """Fields of a result under R's names; a refusal stays one."""
    if isinstance(found, NotEstimable):
        return found
    return {key: getattr(found, name) for key, name in fields.items()}


@dataclass(frozen=True)
class Finding:
    """What became of one expected figure."""

    verdict: Verdict
    path: str
    message: str = ""


@dataclass(frozen=True)
class Outcome:
    """Everything found about one case: numbers, flags and refusals count, labels are only checked."""

    findings: tuple[Finding, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(finding.verdict == verdict for finding in self.findings)

    @property
    def differences(self) -> list[str]:
        return [
            f"{finding.path}: {finding.message}" for finding in self.findings if finding.verdict == "differs"
        ]

    @property
    def not_offered(self) -> list[str]:
        return [finding.path for finding in self.findings if finding.verdict == "not offered"]


Kind = Callable[[Case, pd.DataFrame, Pack], Any]


def run(case: Case, kind: Kind) -> Outcome:
    """Compute the case and hold it against R."""
    try:
        got = kind(case, case.frame(), case.pack)
    except NotEstimable as refusal:
        got = refusal
    return Outcome(tuple(_compare(got, case.expected, (), case.tolerance)))


class _NotOffered:
    """Stands for a key that the result does not have."""


NOT_OFFERED = _NotOffered()
"""Stands in a list for the figures that are not offered."""

_SPECIAL = {"Inf": math.inf, "-Inf": -math.inf, "NaN": math.nan}


def _compare(got: Any, want: Any, path: tuple[str | int, ...], rules: Mapping[str, Any]) -> Iterator[Finding]:
    where = "/".join(map(str, path)) or "(all)"
    if isinstance(want, Mapping):
        if "error" in want:
            yield _refusal(got, want, where)
        elif got is NOT_OFFERED or isinstance(got, Mapping):
            for key, value in want.items():
                part = NOT_OFFERED if got is NOT_OFFERED else got.get(key, NOT_OFFERED)
                yield from _compare(part, value, (*path, key), rules)
        elif isinstance(got, NotEstimable) and "NaN" in want.values():
            # NaN is how R refuses here; what it prints beside it, such as degrees of freedom, is not offered.
            refused = {key: got for key, value in want.items() if value is None or value == "NaN"}
            yield from _compare(refused, want, path, rules)
        elif _comparable(path, rules):
            yield Finding("differs", where, f"R gives {', '.join(want)}; got {got!r}")
    elif isinstance(want, list):
        items = list(got) if isinstance(got, list | tuple | np.ndarray) else got
        if got is NOT_OFFERED:
            for index, value in enumerate(want):
                yield from _compare(NOT_OFFERED, value, (*path, index), rules)
        elif isinstance(items, list) and len(items) == len(want):
            for index, (part, value) in enumerate(zip(items, want, strict=True)):
                yield from _compare(part, value, (*path, index), rules)
        elif _comparable(path, rules):
            yield Finding("differs", where, f"R gives {len(want)} values; got {got!r}")
    else:
        yield from _leaf(got, want, path, where, rules)


def _refusal(got: Any, want: Mapping[str, Any], where: str) -> Finding:
    if got is NOT_OFFERED:
        return Finding("not offered", where)
    if isinstance(got, NotEstimable):
        return Finding("same", where)
    return Finding("differs", where, f"R refuses ({want['error']}); got {got!r}")


def _leaf(
    got: Any, want: Any, path: tuple[str | int, ...], where: str, rules: Mapping[str, Any]
) -> Iterator[Finding]:
    got = got.item() if isinstance(got, np.generic) else got
    if want is None or want == "NaN":
        if _comparable(path, rules) and not (got in (NOT_OFFERED, None) or isinstance(got, NotEstimable)):
            yield Finding("differs", where, f"R gives NA; got {got!r}")
    elif isinstance(want, str) and want not in _SPECIAL:
        if got is not NOT_OFFERED and got != want:
            yield Finding("differs", where, f"R says {want!r}; got {got!r}")
    elif got is NOT_OFFERED:
        yield Finding("not offered", where)
    elif isinstance(want, bool):
        yield Finding("same" if got is want else "differs", where, f"R says {want}; got {got!r}")
    elif not _comparable(path, rules):
        yield Finding("not comparable", where)
    else:
        number = _SPECIAL.get(want, want)
        yield Finding(
            "same" if _close(got, number, _rule(path, rules)) else "differs",
            where,
            f"R gives {number!r}; got {got!r}",
        )


def _close(got: Any, want: float, rule: Mapping[str, float]) -> bool:
    if isinstance(got, bool) or not isinstance(got, int | float):
        return False
    if math.isinf(want):
        return got == want
    return abs(got - want) <= rule["abs"] + rule["rel"] * abs(want)


def _rule(path: tuple[str | int, ...], rules: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tolerance of the longest key prefix that fits; positions in lists are no keys."""
    keys = "/".join(part for part in path if isinstance(part, str))
    fitting = [prefix for prefix in rules if prefix != "default" and keys.startswith(prefix)]
    return rules[max(fitting, key=len, default="default")]


def _comparable(path: tuple[str | int, ...], rules: Mapping[str, Any]) -> bool:
    return _rule(path, rules)["rel"] != "Inf"
