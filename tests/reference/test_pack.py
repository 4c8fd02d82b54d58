"""The comparison with R can fail: what it must notice, and what it must let pass."""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.statistics import NotEstimable
from tests.reference.pack import Case, Pack, label, labels, run

EXACT = {"default": {"rel": 1e-8, "abs": 1e-10}}
REFUSAL = NotEstimable("constant")


def _verdicts(got: Any, want: dict[str, Any], rules: dict[str, Any] = EXACT) -> dict[str, str]:
    pack = Pack(Path("nowhere"))
    case = Case("id", "kind", None, (), {}, "", rules, want, pack)
    return {found.path: found.verdict for found in run(case, lambda case, frame, pack: got).findings}


@pytest.mark.parametrize(
    ("got", "want", "verdict"),
    [
        (1.0, 1.0 + 1e-9, "same"),
        (1.0, 1.0 + 1e-7, "differs"),
        (math.inf, "Inf", "same"),
        (1e308, "Inf", "differs"),
        (math.nan, 1.0, "differs"),
        (None, 1.0, "differs"),
        (REFUSAL, 1.0, "differs"),
        (1.0, None, "differs"),
        (1.0, "NaN", "differs"),
        (True, 1.0, "differs"),
        (True, True, "same"),
        (1, True, "differs"),
        ("age", "bili", "differs"),
        ([1.0], [1.0, 2.0], "differs"),
        (REFUSAL, {"error": "singular"}, "same"),
        (1.0, {"error": "singular"}, "differs"),
        (REFUSAL, {"t": 1.0}, "differs"),
    ],
)
def test_one_figure(got: Any, want: Any, verdict: str) -> None:
    assert set(_verdicts({"x": got}, {"x": want}).values()) == {verdict}


@pytest.mark.parametrize(("got", "want"), [(None, None), (REFUSAL, None), (REFUSAL, "NaN"), ("age", "age")])
def test_what_is_checked_and_not_counted(got: Any, want: Any) -> None:
    assert _verdicts({"x": got}, {"x": want}) == {}


def test_a_key_that_is_not_offered_is_counted_as_such() -> None:
    assert _verdicts({"n": 3}, {"n": 3, "se": [1.0, 2.0], "student": {"error": "constant"}}) == {
        "n": "same",
        "se/0": "not offered",
        "se/1": "not offered",
        "student": "not offered",
    }


def test_where_r_answers_nan_a_refusal_fits_and_the_rest_is_not_offered() -> None:
    assert _verdicts({"x": REFUSAL}, {"x": {"F": "NaN", "df1": 1}}) == {"x/df1": "not offered"}


def test_the_longest_prefix_sets_the_tolerance() -> None:
    rules = EXACT | {"fisher": {"rel": 0.1, "abs": 0}, "fisher/exact": {"rel": 0, "abs": 0}}
    found = _verdicts({"fisher": {"p": 1.05, "exact": 1.05}}, {"fisher": {"p": 1.0, "exact": 1.0}}, rules)
    assert found == {"fisher/p": "same", "fisher/exact": "differs"}


def test_numbers_declared_not_comparable_still_need_their_refusals() -> None:
    rules = {"default": {"rel": "Inf", "abs": "Inf"}}
    found = _verdicts({"beta": 14.0, "vif": 1.0}, {"beta": 20.6, "vif": {"error": "aliased"}}, rules)
    assert found == {"beta": "not comparable", "vif": "differs"}


def test_labels_are_those_of_r() -> None:
    column = pd.Series([1.0, 2.5, None, 0.1 + 0.2])
    assert labels(column).tolist() == ["1", "2.5", None, "0.3"]
    assert [label(True), label("MHD"), label(3)] == ["TRUE", "MHD", "3"]


def test_data_that_were_changed_are_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "expected").mkdir()
    (tmp_path / "data" / "d.csv").write_text("x\n1\n")
    file = {
        "schema": "cohort-stats-reference/1",
        "file": "d",
        "data_sha256": {"d.csv": "0" * 64},
        "cases": [],
    }
    (tmp_path / "expected" / "d.json").write_text(json.dumps(file))
    with pytest.raises(ValueError, match="not the file"):
        Pack(tmp_path).frame("d.csv")


def test_another_schema_is_refused(tmp_path: Path) -> None:
    (tmp_path / "expected").mkdir()
    (tmp_path / "expected" / "d.json").write_text(json.dumps({"schema": "other/1", "file": "d"}))
    with pytest.raises(ValueError, match="schema"):
        _ = Pack(tmp_path).cases
