"""Every figure the project shares with R, at the tolerance its case states."""

import re
from collections.abc import Callable
from functools import cache

import pytest

from tests.reference import kinds
from tests.reference.pack import Case, Outcome, Pack, Verdict, packs, run

PACKS = packs()
CASES = [case for pack in PACKS for case in pack.cases]
KINDS = kinds.collect()
VERDICTS: tuple[Verdict, ...] = ("same", "differs", "not offered", "not comparable")


@cache
def outcome(case: Case) -> Outcome:
    return run(case, KINDS[case.kind])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, record_property: Callable[[str, object], None]) -> None:
    if case.kind not in KINDS:
        pytest.fail(f"no module of tests/reference/kinds computes the kind {case.kind!r}")
    found = outcome(case)
    record_property(
        "reference",
        {
            "kind": case.kind,
            "counts": {verdict: found.count(verdict) for verdict in VERDICTS},
            "not_offered": sorted({re.sub(r"/\d+", "", path) for path in found.not_offered}),
        },
    )
    if found.differences:
        pytest.fail("\n".join(found.differences), pytrace=False)


@pytest.mark.parametrize("kind", sorted({case.kind for case in CASES}))
def test_nine_in_ten_figures_of_each_kind_are_compared(kind: str) -> None:
    if kind not in KINDS:
        pytest.fail(f"no module of tests/reference/kinds computes the kind {kind!r}")
    outcomes = [outcome(case) for case in CASES if case.kind == kind]
    compared = sum(found.count("same") + found.count("differs") for found in outcomes)
    absent = sum(found.count("not offered") for found in outcomes)
    assert compared >= 0.9 * (compared + absent), f"{absent} of {compared + absent} figures are not offered"


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.root.name)
def test_case_ids_are_unique(pack: Pack) -> None:
    ids = [case.id for case in pack.cases]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("pack", "csv"), [pytest.param(pack, csv, id=csv) for pack in PACKS for csv in sorted(pack.sha256)]
)
def test_data_is_what_the_figures_were_computed_from(pack: Pack, csv: str) -> None:
    assert pack.path(csv).is_file()
