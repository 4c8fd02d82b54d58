"""No withheld count can be worked back from what is told beside it."""

from collections.abc import Iterator
from fractions import Fraction
from math import atanh, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.figures import Words, draw
from analytics.statistics.agreement import cohen_kappa
from analytics.tables import tables as printed
from registry.presentation.suppression import shortened, withhold
from registry.presentation.suppression.agreeing import cells_of_kappa
from tests.analytics import tables
from tests.registry.test_suppression_beside import MINIMUM, PLAN, ask, numbers, patients, shipped

NORMAL = float(stats.norm.ppf(0.975))
LABS = ("mg", "ca", "p", "vit_d25", "ipth", "bmp7", "hs_crp")
ROUNDED = 1000
Found = Iterator[tuple[str, float]]


def few_lack_each(frame: pd.DataFrame, dead: pd.Index, others: pd.Index) -> pd.DataFrame:
    """Of every laboratory value one to three of the dead and three others have none."""
    for k, lab in enumerate(LABS):
        frame.loc[[*dead[3 * k : 3 * k + 1 + k % 3], *others[3 * k : 3 * k + 3]], lab] = np.nan
    return frame


def worked_back(seen: dict[str, Any], whole: dict[str, Any]) -> Found:
    """Counts that follow from what an entry tells, by name; `whole` is what all of the payload tells."""
    told = {key: value for key, value in seen.items() if isinstance(value, int | float)}
    yield from _from_intervals(told)
    yield from _from_shares(told, seen, whole)
    listed = [row for key in ("tests", "terms") for row in seen.get(key) or () if isinstance(row, dict)]
    for row in (told, *listed):
        yield from (
            ("n", row[df] + lost)
            for df in ("df", "df1", "df2")
            if isinstance(row.get(df), float | int) and row[df] > 8
            for lost in (0, 1, 2)
        )
    if seen.get("patterns"):
        yield "n", sum(pattern["n"] for pattern in seen["patterns"])
    yield from ((key, told["information"]) for key in ("n", "n_events") if "information" in told)


def _from_intervals(told: dict[str, float]) -> Found:
    if {"r", "ci_low", "ci_high"} <= set(told):
        yield "n", 3 + (2 * NORMAL / (atanh(told["ci_high"]) - atanh(told["ci_low"]))) ** 2
    if {"mean", "sd", "ci_low"} <= set(told):
        errors = (told["mean"] - told["ci_low"]) / told["sd"]
        n = np.arange(3, 1000)
        yield "n", float(n[np.argmin(abs(stats.t.ppf(0.975, n - 1) / np.sqrt(n) - errors))])
    if {"rate_ci_low", "rate_ci_high"} <= set(told) and told["rate_ci_low"]:
        events = np.arange(1, 400)
        widths = stats.chi2.ppf(0.975, 2 * events + 2) / stats.chi2.ppf(0.025, 2 * events)
        yield "n_events", float(events[np.argmin(abs(widths - told["rate_ci_high"] / told["rate_ci_low"]))])


def _from_shares(told: dict[str, float], seen: dict[str, Any], whole: dict[str, Any]) -> Found:
    if told.get("proportion"):
        yield from (("n", told[key] / told["proportion"]) for key in ("count", "n_events") if key in told)
    shares = [told["prevalence"]] if "prevalence" in told else []
    for point in seen.get("net_benefit") or ():
        harm = point["threshold"] / (1 - point["threshold"])
        shares.append((point["treat_all"] + harm) / (1 + harm))
    for share in shares:
        yield from (("n_events", share * each["n"]) for each in (told, whole) if each.get("n"))
        yield from (("n", told["n_events"] / share) for _ in (told.get("n_events", 0) and (0,)) or ())
    if {"rate", "rate_per", "patient_years"} <= set(told):
        yield "n_events", told["rate"] * told["patient_years"] / told["rate_per"]
    if told.get("n_awaited"):
        yield "n_events", 100 - told["n_awaited"]
    if "events_per_variable" in told:
        yield from (("n_events", k * told["events_per_variable"]) for k in range(1, 15))


def gives_back(before: Any, seen: Any, whole: dict[str, Any]) -> Iterator[str]:
    """Where a count that is withheld follows from a formula, or from the digits of an area under a curve."""
    if isinstance(before, dict) and isinstance(seen, dict):
        hidden = {key: before[key] for key in ("n", "n_events") if before.get(key) and seen.get(key) is None}
        yield from (
            f"{key} {count}"
            for key, count in worked_back(seen, whole)
            if abs(count - hidden.get(key, -9)) < 0.4
        )
        if hidden and before.get("n") and before.get("n_events") and isinstance(seen.get("auc"), float):
            pairs = 2 * before["n_events"] * (before["n"] - before["n_events"])
            if Fraction(seen["auc"]).limit_denominator(pairs).denominator > ROUNDED:
                yield f"auc {seen['auc']}"
        for key in before:
            yield from gives_back(before[key], seen.get(key), whole)
    elif isinstance(before, list) and isinstance(seen, list) and len(before) == len(seen):
        for pair in zip(before, seen, strict=True):
            yield from gives_back(*pair, whole)


@pytest.mark.parametrize(("plan", "slug"), [asked for asked in shipped() if asked[0] == "mhd"])
def test_of_values_that_few_lack_no_formula_gives_the_count(plan: str, slug: str) -> None:
    frame, mhd, dead = patients()
    others = mhd[frame.loc[mhd, "terminal_status"] == ""]
    frame = few_lack_each(frame, dead, others)
    frame.loc[[*dead[30:32], others[40]], "sex"] = None
    payload = ask(frame, slug)
    seen = withhold(payload, MINIMUM)
    assert list(gives_back(payload, seen, seen)) == []
    kind, words = PLAN.question(slug)["kind"], Words(PLAN.variables)
    assert draw(kind, seen, words) or not payload["models"]
    assert printed(kind, seen, words)


@pytest.mark.parametrize(("plan", "slug"), shipped())
def test_where_all_have_every_value_nothing_is_shortened(plan: str, slug: str) -> None:
    """Points along a curve and groups of few aside, all that was estimated is told, to the last digit."""
    frame = patients()[0] if plan == "mhd" else tables.nhanes(1500)
    if slug in ("cvd-death-survival", "mortality-survival") or "agreement" in slug or "roc" in slug:
        frame = pd.concat([frame] * 3, ignore_index=True)
    payload = ask(frame, slug, plan)
    assert numbers(withhold(payload, MINIMUM)) >= 0.95 * numbers(payload)


class TestFormulas:
    def test_an_interval_of_a_correlation_goes_and_the_correlation_stays(self) -> None:
        pair = {"x": "mg", "y": "p", "stratum": "pooled", "method": "pearson", "reason": None}
        told = {"r": -0.152490783, "ci_low": -0.285, "ci_high": -0.014, "p_value": 0.03, "p_adjusted": 0.06}
        pairs = [{**pair, **told, "n": 200}, {**pair, **told, "y": "ca", "n": 197}]
        whole, few = withhold({"n": 200, "strata": ["pooled"], "pairs": pairs}, MINIMUM)["pairs"]
        assert whole == pairs[0]
        assert [few[key] for key in ("n", "r", "ci_low", "ci_high", "p_value")] == [
            None,
            -0.152,
            None,
            None,
            None,
        ]

    def test_a_share_goes_with_its_size(self) -> None:
        levels = [
            {"level": level, "groups": {"yes": {"n": 41, "count": count, "proportion": count / 41}}}
            for level, count in (("male", 21), ("female", 20))
        ]
        rows = [
            {"variable": "age", "groups": {"yes": {"n": 44, "mean": 60.0}}},
            {"variable": "sex", "groups": {"yes": {"n": 41}}, "levels": levels},
        ]
        _, row = withhold({"rows": rows}, MINIMUM)["rows"]
        cells = [level["groups"]["yes"] for level in row["levels"]]
        assert {(cell["n"], cell["count"], cell["proportion"]) for cell in cells} == {(None, None, None)}

    def test_a_number_that_is_shortened_keeps_three_digits(self) -> None:
        assert [shortened(number) for number in (0.58297, -12.345, 0.0, 1234.5)] == [
            0.583,
            -12.3,
            0.0,
            1230.0,
        ]

    def test_a_look_ahead_does_not_tell_how_many_there_are(self) -> None:
        frame, mhd, dead = patients()
        frame.loc[[*dead[:2], *mhd[:1]], "aac24"] = np.nan
        seen = withhold(ask(frame, "looks"), MINIMUM)
        rows = {row["name"]: row for row in seen["rows"]}
        for row in rows.values():
            assert (row["always_multiple"] is None) == (row["n"] is None)
        assert None in {row["n"] for row in rows.values()}

    def test_events_that_are_awaited_tell_those_that_came(self) -> None:
        parts = [
            {"part": part, "n": n, "n_events": events, "n_awaited": 100 - events, "auc": 0.71234567}
            for part, n, events in (("development", 90, 44), ("later", 90, 41))
        ]
        seen = withhold({"outcome": "death", "n": 180, "n_events": 88, "within": parts}, MINIMUM)["within"]
        assert [(part["n_awaited"], part["auc"]) for part in seen] == [(None, 0.712)] * 2


class TestKappa:
    @staticmethod
    def row(*cells: int) -> dict[str, Any]:
        table = np.array(cells).reshape(2, 2)
        found = cohen_kappa(table)
        return {
            "variable": "calcified",
            "weights": "none",
            "n": int(table.sum()),
            "n_missing": 0,
            "n_events": cells[1] + cells[2],
            "kappa": found.estimate,
            "standard_error": found.standard_error,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "reason": None,
        }

    @pytest.mark.parametrize("cells", [(40, 12, 2, 46), (3, 8, 6, 83), (83, 6, 8, 3), (20, 1, 9, 70)])
    def test_the_cells_behind_it_can_be_worked_out_and_go_where_one_is_small(
        self, cells: tuple[int, ...]
    ) -> None:
        row = self.row(*cells)
        assert set(cells) <= set(cells_of_kappa(row))
        [seen] = withhold({"rows": [row]}, MINIMUM)["rows"]
        assert [seen[key] for key in ("kappa", "standard_error", "ci_low", "ci_high")] == [None] * 4

    @pytest.mark.parametrize("cells", [(40, 12, 7, 46), (90, 0, 8, 20), (300, 20, 25, 155)])
    def test_it_is_told_where_none_is(self, cells: tuple[int, ...]) -> None:
        row = self.row(*cells)
        assert withhold({"rows": [row]}, MINIMUM)["rows"] == [row]

    def test_of_more_levels_its_digits_go_where_cells_are_few(self) -> None:
        counts = [[40, 3, 0], [2, 30, 5], [0, 4, 16]]
        found = cohen_kappa(counts, weights="quadratic")
        row = self.row(40, 12, 7, 46) | {
            "weights": "quadratic",
            "kappa": found.estimate,
            "standard_error": found.standard_error,
            "n": 100,
            "n_events": 14,
        }
        [seen] = withhold({"rows": [row]}, MINIMUM)["rows"]
        assert seen["kappa"] == shortened(found.estimate)
        assert seen["standard_error"] == shortened(found.standard_error)
        assert sqrt(seen["n"]) == 10
