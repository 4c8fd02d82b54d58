"""Agreement questions: two readings a patient, how far they lie apart, what of it is told to whom."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures import Words, draw
from analytics.plan import load_plan
from analytics.questions import Answer, answer
from analytics.statistics.agreement import intraclass_correlations, limits_of_agreement
from analytics.tables import tables
from registry.presentation.reasons import because
from registry.presentation.suppression import withhold
from tests.analytics.tables import mhd, readings_of

MHD = mhd()
READINGS = readings_of(MHD)
PLAN = load_plan("mhd")


def ask(readings: pd.DataFrame | None = READINGS, **fields: Any) -> Answer:
    """The plan's question, asked of everybody."""
    definition = PLAN.question("calcification-agreement") | {"population": {}} | fields
    given = answer(definition, PLAN.variables, MHD, readings=readings)
    json.dumps(given.payload, allow_nan=False)
    return given


def total(given: Answer) -> dict[str, Any]:
    [found] = given.payload["outcomes"]
    return found


def read(*rows: tuple[int, float, str | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["patient", "months", "reader", "aac24"]).assign(modality="radiograph")


class TestPairs:
    def test_one_pair_a_patient_who_was_read_twice(self) -> None:
        found = total(ask())
        assert (found["n"], found["n_missing"]) == (200, 200)
        assert ask().payload["n_readers"] == 2

    def test_two_zeros_of_a_healthy_control_are_no_agreement(self) -> None:
        plan = PLAN.question("calcification-agreement")
        found = total(ask(population=plan["population"]))
        assert (found["n"], found["n_missing"]) == (100, 100)

    def test_the_numbers_are_those_of_the_two_readers(self) -> None:
        both = READINGS.pivot(index="patient", columns="reader", values="aac24").dropna().to_numpy()
        icc = intraclass_correlations(both).forms[1]
        limits = limits_of_agreement(*both.T)
        found = total(ask())
        [form] = [term for term in found["terms"] if term["term"] == ask().payload["primary"]]
        assert (form["term"], form["icc"], form["ci_low"]) == ("ICC(2,1)", icc.estimate, icc.ci_low)
        assert (found["limits"]["bias"], found["limits"]["upper"]) == (limits.bias, limits.upper)
        apart = np.abs(both[:, 0] - both[:, 1]) > 2
        assert found["beyond"] == {"n": 200, "count": int(apart.sum()), "proportion": apart.mean()}
        either = (both > 0)[:, 0] != (both > 0)[:, 1]
        patterns = found["adjudication"]["patterns"]
        decided = [each["n"] for each in patterns if each["beyond"] or each["presence_differs"]]
        assert sum(decided) == int((apart | either).sum())
        assert sum(each["n"] for each in patterns) == 200

    @pytest.mark.parametrize(
        ("readings", "said"),
        [
            # The same reader twice is no pair; a third reading is not waited for.
            (read((0, 0, "A", 4), (0, 0, "A", 5), (0, 1, "B", 6), (0, 1, "C", 9)), [(4, 6)]),
            # The one whose name sorts first is the first of the pair.
            (read((0, 0, "B", 4), (0, 0, "A", 7)), [(7, 4)]),
            # Further apart than 90 days they are readings of different films.
            (read((0, 0, "A", 4), (0, 4, "B", 9), (0, 5, "A", 8)), [(8, 9)]),
            # A film without a total, or of nobody known, is left.
            (read((0, 0, "A", 4), (0, 0, "B", None), (0, 0, None, 5), (0, 0, "C", 6)), [(4, 6)]),
        ],
    )
    def test_which_two_readings_make_the_pair(self, readings: pd.DataFrame, said: list[Any]) -> None:
        patterns = ask(readings).payload["patterns"]
        assert [(pattern["first"], pattern["second"]) for pattern in patterns] == said

    def test_two_kinds_of_image_are_no_pair(self) -> None:
        readings = read((0, 0, "A", 4), (0, 0, "B", 9), (0, 0, "C", 5))
        readings["modality"] = ["radiograph", "dxa", "radiograph"]
        [pattern] = ask(readings).payload["patterns"]
        assert (pattern["first"], pattern["second"]) == (4, 5)

    def test_with_a_third_reader_the_pair_is_one_of_many(self) -> None:
        some = READINGS["reader"].eq("B") & (READINGS["patient"] % 4 == 0)
        given = ask(READINGS.assign(reader=READINGS["reader"].mask(some, "C")))
        assert (given.payload["n_readers"], given.payload["primary"]) == (3, "ICC(1,1)")


class TestGradings:
    def test_presence_is_plain_and_grades_are_weighted(self) -> None:
        rows = ask().payload["rows"]
        assert [row["variable"] for row in rows[:2]] == ["calcified", "aac24_class"]
        assert [row["weights"] for row in rows[:3]] == ["none", "quadratic", "quadratic"]
        assert len(rows) == 10
        assert all(row["ci_low"] < row["kappa"] < row["ci_high"] for row in rows)

    def test_pairs_that_differ_are_counted(self) -> None:
        readings = read(*[(k, 0.0, reader, 0.0 if k < 9 else 3.0) for k in range(20) for reader in "AB"])
        readings.loc[(readings["patient"] == 0) & (readings["reader"] == "B"), "aac24"] = 7.0
        presence = ask(readings, parts=[]).payload["rows"][0]
        assert (presence["n"], presence["n_events"]) == (20, 1)


class TestNotEstimable:
    @pytest.mark.parametrize(
        ("readings", "code"),
        [
            (None, "no_readings"),
            (READINGS[:0], "no_readings"),
            (READINGS[READINGS["reader"] == "A"], "too_few_readers"),
            (READINGS[READINGS["patient"] < 4], "too_few_pairs"),
            (READINGS.assign(aac24=np.nan), "too_few_pairs"),
        ],
    )
    def test_says_why_and_is_still_drawn(self, readings: pd.DataFrame | None, code: str) -> None:
        given = ask(readings)
        assert (given.status, given.reason and given.reason["code"]) == ("not_estimable", code)
        assert because(given.reason or {})
        words = Words(PLAN.variables)
        assert draw("agreement", given.payload, words)
        assert tables("agreement", given.payload, words)

    @pytest.mark.parametrize("value", [0.0, 5.0])
    def test_readers_who_only_ever_say_one_thing(self, value: float) -> None:
        given = ask(READINGS.assign(aac24=value))
        assert given.status == "done"
        assert total(given)["reason"] == {"code": "constant"}
        assert total(given)["beyond"]["count"] == 0

    def test_readers_who_always_agree(self) -> None:
        same = READINGS.groupby("patient")["aac24"].transform("first")
        given = ask(READINGS.assign(aac24=same))
        assert total(given)["reason"] == {"code": "perfect_agreement"}
        assert given.payload["rows"][0]["kappa"] == 1


class TestWithheld:
    def test_single_patients_are_not_drawn(self) -> None:
        payload = withhold(ask().payload, 5)
        assert payload["patterns"] == []
        [figure] = draw("agreement", payload, Words(PLAN.variables))
        assert "<circle" not in figure.svg
        assert len(figure.table.rows) == 3
        assert payload["outcomes"][0]["limits"]["bias"] is not None

    def test_few_who_differ_take_the_kappa_along(self) -> None:
        readings = READINGS.copy()
        readings["aac24"] = readings.groupby("patient")["aac24"].transform("first")
        readings.loc[readings.index[readings["reader"] == "B"][:2], "aac24"] += 12
        seen = withhold(ask(readings).payload, 5)
        assert (seen["rows"][1]["kappa"], seen["rows"][1]["n_events"]) == (None, None)
        assert seen["outcomes"][0]["beyond"]["count"] is None
        assert seen["outcomes"][0]["adjudication"]["patterns"] == []
        score, _gradings = tables("agreement", seen, Words(PLAN.variables))
        assert score.rows[-1].cells == ("For a third reader to decide", "–")

    def test_few_pairs_take_everything_along(self) -> None:
        seen = withhold(ask(READINGS[READINGS["patient"] < 8]).payload, 5)
        [found] = seen["outcomes"]
        assert (found["terms"], found["limits"]["bias"], found["beyond"]["count"]) == ([], None, None)

    def test_few_who_were_not_read_twice_take_the_whole_along(self) -> None:
        second = READINGS[READINGS["reader"] == "A"].assign(reader="B")
        readings = pd.concat([READINGS[READINGS["reader"] == "A"], second[second["patient"] > 1]])
        readings = readings.sort_values("patient", kind="stable")
        assert withhold(ask(readings).payload, 5)["n"] is None


def test_what_is_followed_from_run_to_run() -> None:
    followed = {(entry["term"], entry["quantity"]) for entry in ask().estimates}
    assert {("aac24.ICC(2,1)", "icc"), ("aac24", "bias"), ("calcified", "kappa")} <= followed


def test_shown_as_points_and_tables() -> None:
    payload, words = ask().payload, Words(PLAN.variables)
    [figure] = draw("agreement", payload, words)
    assert figure.svg.count("<circle") == len(payload["patterns"])
    score, gradings = tables("agreement", payload, words)
    assert score.rows[0].cells[0].endswith("ICC(2,1)")
    assert "200 patients" in score.note
    assert len(gradings.rows) == 10


def test_a_kappa_is_never_shown_above_one() -> None:
    payload, words = ask().payload, Words(PLAN.variables)
    payload["rows"][0] |= {"kappa": 0.99, "ci_low": 0.97, "ci_high": 1.013}
    _score, gradings = tables("agreement", payload, words)
    assert gradings.rows[0].cells[3] == "0.99 (0.97 to 1.00)"
