"""The counts of one payload beside one another: no two tell the few they differ by."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import answer
from analytics.tables import tables as printed
from registry.presentation.suppression import withheld_numbers, withhold
from tests.analytics import tables

MINIMUM = 5
PLAN = load_plan("mhd")
Asked = dict[str, Any]


def patients(seed: int = 5) -> tuple[pd.DataFrame, pd.Index, pd.Index]:
    """A table without any value missing, its patients, and those of them who died."""
    frame = tables.mhd(200, seed=seed)
    frame["terminal_status"] = frame["terminal_status"].replace("lost", "")
    frame[["vit_d25", "bmp7", "hs_crp"]] = frame[["vit_d25", "bmp7", "hs_crp"]].fillna(20.0)
    mhd = frame.index[frame["group"] == "mhd"]
    return frame, mhd, mhd[frame.loc[mhd, "terminal_status"] == "death_cv"]


def ask(frame: pd.DataFrame, slug: str, plan: str = "mhd", **over: Any) -> Asked:
    """A question's payload; resamples and imputations are kept few, for time."""
    asked = load_plan(plan)
    definition = copy.deepcopy(asked.question(slug)) | over
    definition.pop("crossvalidation", None)
    few = {"resamples": 20, "imputations": 2, "iterations": 2}
    definition |= {key: n for key, n in few.items() if key in definition}
    given = answer(
        definition,
        asked.variables,
        frame,
        draws=tables.draws_of(frame) if "mg" in frame else None,
        readings=tables.readings_of(frame),
    )
    return dict(given.payload)


def told(frame: pd.DataFrame, slug: str, plan: str = "mhd", **over: Any) -> Any:
    return withhold(ask(frame, slug, plan, **over), MINIMUM)


def counts(value: Any, key: str) -> Iterator[int]:
    """Every count of a name that a payload tells."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, int):
                yield inner
            yield from counts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from counts(inner, key)


class TestFewLeftOut:
    """Of 44 who died two lack vitamin D, and ten of the others."""

    @pytest.fixture
    def frame(self) -> pd.DataFrame:
        frame, mhd, dead = patients()
        others = mhd[frame.loc[mhd, "terminal_status"] == ""]
        frame.loc[[*dead[:2], *others[:10]], "vit_d25"] = np.nan
        return frame

    @pytest.mark.parametrize(
        "slug", ["cvd-death-multivariable", "cvd-death-calibration", "size-and-precision", "looks"]
    )
    def test_no_model_says_how_many_of_its_patients_died(self, frame: pd.DataFrame, slug: str) -> None:
        assert {44, 42} <= set(counts(ask(frame, slug), "n_events"))
        seen = told(frame, slug)
        assert len({44, 42} & set(counts(seen, "n_events"))) == 1
        assert 188 in set(counts(seen, "n"))

    def test_nor_what_it_could_be_worked_out_from(self, frame: pd.DataFrame) -> None:
        [model, *_] = told(frame, "cvd-death-multivariable")["models"]
        assert (model["n_events"], model["events_per_variable"], model["null_log_likelihood"]) == (None,) * 3
        assert model["terms"][1]["odds_ratio"] > 0
        assert model["is_withheld"]

    def test_groups_of_a_variable_do_not_say_who_lacks_it(self, frame: pd.DataFrame) -> None:
        row = next(row for row in told(frame, "cvd-death-groups")["rows"] if row["variable"] == "vit_d25")
        assert {cell["n"] for cell in row["groups"].values()} == {None}
        assert row["groups"]["yes"]["mean"] > 0
        assert row["smd"] is not None


class TestFewEvents:
    def test_a_reason_does_not_say_how_many_had_none(self) -> None:
        frame, _, dead = patients()
        frame.loc[dead[3:], "terminal_status"] = ""
        assert 197 in set(counts(ask(frame, "size-and-precision"), "n_others"))
        seen = told(frame, "size-and-precision")
        assert set(counts(seen, "n_others")) == set()
        assert 200 in set(counts(seen, "n"))

    def test_nor_do_areas_side_by_side(self) -> None:
        reasons = [{"code": "too_few_events", "n_events": 7, "n_others": n, "needed": 10} for n in (173, 171)]
        areas = [
            {
                "outcome": "death",
                "n": 200,
                "n_events": 40,
                "at": [{"time": 12.0, "n_risk": 171, "n_events": 7, "auc": None, "reason": reason}],
            }
            for reason in reasons
        ]
        others = [
            area["at"][0]["reason"]["n_others"] for area in withhold({"areas": areas}, MINIMUM)["areas"]
        ]
        assert others == [173, None]


class TestNestedOutcomes:
    def test_severe_calcification_among_any(self) -> None:
        frame, mhd, _ = patients()
        few = np.select([np.arange(mhd.size) < 80, np.arange(mhd.size) < 83], [8, 3], 0)
        frame.loc[mhd, "aac24"] = few.astype(float)
        models = told(frame, "calcification-multivariable")["models"]
        assert [model["n_events"] for model in models] == [83, None]
        assert all(model["terms"] for model in models)

    def test_cardiovascular_death_among_any(self) -> None:
        frame = tables.nhanes(600)
        others = frame.index[frame["terminal_status"] == "death_non_cv"]
        frame.loc[others[3:], "terminal_status"] = ""
        every, cardiovascular = told(frame, "mortality-survival", "nhanes-aac")["outcomes"]
        assert every["n_events"] == 157
        assert (cardiovascular["n_events"], cardiovascular["n_competing"]) == (None, None)
        pairs = list(zip(every["by_group"], cardiovascular["by_group"], strict=True))
        assert any(group["rate"] is not None for _, group in pairs)
        for of_all, group in pairs:
            assert group["n_events"] in (None, of_all["n_events"])
            assert (group["rate"] is None) == (group["n_events"] is None)


class TestCompetingEvents:
    def test_of_one_group_that_does_not_say_the_others_do_not_tell(self) -> None:
        sizes = {"n": 60, "n_events": 14, "rate": 2.0}
        groups = [{"group": name, **sizes, "n_competing": n} for name, n in (("a", 6), ("b", 7), ("c", 2))]
        outcome = {"outcome": "death", "n": 180, "n_events": 42, "n_competing": 15, "by_group": groups}
        [seen] = withhold({"outcomes": [outcome]}, MINIMUM)["outcomes"]
        assert [group["n_competing"] for group in seen["by_group"]] == [None, 7, None]
        assert [group["rate"] for group in seen["by_group"]] == [2.0] * 3


class TestPartsAndTheWhole:
    def test_few_without_a_sex(self) -> None:
        frame, mhd, dead = patients()
        frame.loc[[*dead[:2], mhd[0]], "sex"] = None
        curve = told(frame, "calcification-roc")["curves"][0]
        by_sex, by_age = curve["subgroups"]
        assert curve["n"] == 200
        assert [(part["n"], part["n_events"]) for part in by_sex["within"]] == [(None, None)] * 2
        assert all(part["auc"] is not None for part in by_sex["within"])
        assert all(part["n"] is not None for part in by_age["within"])

    def test_few_who_died_before_the_landmark(self) -> None:
        frame, mhd, dead = patients()
        frame.loc[mhd, "follow_up_months"] = frame.loc[mhd, "follow_up_months"].clip(lower=15)
        frame.loc[dead[:3], "follow_up_months"] = 4.0
        seen = told(frame, "phosphorus-over-time")
        assert seen["n_events"] == 44
        assert set(counts(seen["models"], "n_events")) == {44}
        assert {197, 200} - set(counts(seen, "n"))

    def test_few_not_measured_at_a_month(self) -> None:
        frame, mhd, _ = patients()
        frame.loc[mhd, "follow_up_months"] = frame.loc[mhd, "follow_up_months"].clip(lower=15)
        group = {"group": "all", "n": 67, "n_events": 20, "terms": []}
        at = [{"time": time, "n": n, "mean": 1.9, "sd": 0.2} for time, n in ((0, 67), (6, 66), (12, 55))]
        payload = {"outcome": "death", "n": 67, "n_events": 20, "by_group": [{**group, "at": at}]}
        points = withhold(payload, MINIMUM)["by_group"][0]["at"]
        assert [(point["n"], point["mean"]) for point in points] == [(67, 1.9), (None, 1.9), (55, 1.9)]


class TestFewLackingAValue:
    """Three lack parathormone."""

    @pytest.fixture
    def frame(self) -> pd.DataFrame:
        frame, mhd, _ = patients()
        frame.loc[mhd[:3], "ipth"] = np.nan
        return frame

    @pytest.mark.parametrize("slug", ["missing-values", "cvd-death-groups", "correlations-mhd"])
    def test_they_are_told_neither_by_row_nor_by_pair(self, frame: pd.DataFrame, slug: str) -> None:
        seen = told(frame, slug)
        assert {*counts(seen, "n"), *counts(seen, "n_complete")} & {197, 200} == {200}

    def test_what_was_estimated_of_the_others_stays(self, frame: pd.DataFrame) -> None:
        pairs = told(frame, "correlations-mhd")["pairs"]
        assert all(pair["r"] is not None for pair in pairs)


def test_a_withheld_pair_takes_its_partial_along() -> None:
    frame, mhd, _ = patients()
    frame = frame.loc[mhd[:103]].reset_index(drop=True)
    frame["sex"] = np.where(np.arange(103) < 3, "female", "male")
    seen = told(frame, "correlations-mhd", strata=["sex"])
    apart = [pair for pair in seen["pairs"] if pair["stratum"] in ("female", "male")]
    assert apart
    assert {pair["n"] for pair in apart} == {None}
    partial = [pair["partial"] for pair in apart if "partial" in pair]
    assert partial
    assert {(each["n"], each["r"]) for each in partial} == {(None, None)}


class TestAClassOfFew:
    """Two of four in the highest class died."""

    def test_its_term_goes_with_its_group(self) -> None:
        frame = tables.nhanes(600)
        highest = frame.index[frame["aac24"] >= 6]
        frame.loc[highest[4:], "aac24"] = 3.0
        frame.loc[highest[:4], "terminal_status"] = ["death_cv", "death_cv", "", ""]
        payload = ask(frame, "mortality-survival", "nhanes-aac")
        seen = withhold(payload, MINIMUM)
        left = {term["term"] for model in seen["models"] for term in model["terms"]}
        assert "aac24_class6-24" in {term["term"] for model in payload["models"] for term in model["terms"]}
        assert "age" in left
        assert not any(term.startswith("aac24_class") for term in left)
        gone = withheld_numbers(payload, seen).results
        for term in payload["models"][0]["terms"]:
            assert (term["coefficient"] in gone) == term["term"].startswith("aac24_class")
        words = Words(load_plan("nhanes-aac").variables)
        draw("survival", seen, words)
        assert printed("survival", seen, words)

    @pytest.mark.parametrize(
        ("slug", "listed"), [("looks", "estimates"), ("size-and-precision", "precision")]
    )
    def test_an_odds_ratio_alone_gives_no_cell_back(self, slug: str, listed: str) -> None:
        frame, mhd, dead = patients()
        frame.loc[mhd, "diabetes"] = "none"
        well = mhd[frame.loc[mhd, "terminal_status"] == ""]
        frame.loc[[*dead[:6], *well[:3]], "diabetes"] = "type_2"
        wanted = {"name": "diabetes", "variable": "diabetes", "covariates": [], "for": []}
        wanted |= (
            {"quantity": "log_odds_ratio", "tuned_at": 200}
            if listed == "estimates"
            else {"quantity": "odds_ratio", "factor": 1.5}
        )
        before = {"models": [], "hypotheses": [], listed: [wanted]}
        [row] = ask(frame, slug, **before)["rows"]
        assert row["value"] == pytest.approx(2.086, abs=0.001)
        [seen] = told(frame, slug, **before)["rows"]
        assert (seen["value"], seen.get("standard_error"), seen.get("half_width")) == (None, None, None)


def shipped() -> list[tuple[str, str]]:
    return [(plan, asked["slug"]) for plan in ("mhd", "nhanes-aac") for asked in load_plan(plan).questions]


def numbers(value: Any) -> int:
    """How many results, no counts, a payload tells; thresholds and steps along a curve are never told."""
    if isinstance(value, dict):
        return sum(
            numbers(inner) for key, inner in value.items() if key not in ("points", "steps", "patterns")
        )
    return sum(map(numbers, value)) if isinstance(value, list) else int(isinstance(value, float))


@pytest.mark.parametrize(("plan", "slug"), shipped())
def test_what_was_asked_of_many_patients_is_told(plan: str, slug: str) -> None:
    frame = tables.mhd() if plan == "mhd" else tables.nhanes()
    asked = load_plan(plan)
    payload, kind = ask(frame, slug, plan), asked.question(slug)["kind"]
    seen = withhold(payload, MINIMUM)
    # What compares groups goes with the sizes of the rows that few lack a value in.
    few = {"agreement": 0.45, "validation": 0.65, "missingness": 0.75, "comparison": 0.8}
    assert numbers(seen) >= few.get(kind, 0.9) * numbers(payload)
    words = Words(asked.variables)
    drawn = " ".join(f"{figure.svg} {figure.table}" for figure in draw(kind, seen, words))
    assert "None events" not in drawn
    assert "'None'" not in drawn
    assert printed(kind, seen, words)
